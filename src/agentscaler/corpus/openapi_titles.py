"""Who offers an API, what it is called, and which version of it a document describes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agentscaler.corpus.text import clean_text

__all__ = ["Title", "licence_of", "spoken_title", "title_of", "title_of_packaged"]

_VERSION = re.compile(
    r"[-_.\s]+(?P<version>v\d+(?:[.]\d+)*(?:[a-z]+\d*)?|\d+(?:\.\d+)+|alpha|beta|preview)$",
    re.IGNORECASE,
)
_UNSTABLE = ("alpha", "preview", "beta", "rc")
_EMPTY_WORDS = frozenset(
    "api apis rest restful http openapi open swagger documentation docs spec specification"
    " specifications reference definition the my service".split()
)
_MAX_WORDS = 6
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SECOND_LEVEL = frozenset("ac co com edu go gov mil ne net or org".split())
_HOSTING = frozenset(
    "appspot.com azure-api.net azurewebsites.net cloudfunctions.net github.io gitlab.io"
    " herokuapp.com netlify.app vercel.app".split()
)
_NOBODY = frozenset("example localhost local test invalid".split())
_KNOWN_AS = {"amazonaws": "aws", "googleapis": "google"}
"""Vendors that other readers know by another name; in a pool each has one."""


@dataclass(frozen=True)
class Title:
    """Where a document belongs.

    Attributes:
        owner: the provider's domain, or a word of the document's own.
        provider: the owner's registrable name.
        api: the API's slug without a version; with `owner` it tells APIs apart.
        rank: orders versions: a stable one above a beta, then by number.
        version: what `rank` was read from.
        stem: the slug of the file's name.
    """

    owner: str
    provider: str
    api: str
    rank: tuple[int, tuple[int, ...], tuple[int, ...]]
    version: str
    stem: str

    @property
    def service(self) -> str:
        return f"{self.provider}.{self.api}"

    @property
    def service_of_owner(self) -> str:
        return f"{self.provider}.{_slug(self.owner)}-{self.api}"

    @property
    def service_of_file(self) -> str:
        if self.stem == self.api:
            return self.service
        return f"{self.provider}.{self.api}-{self.stem}"


def title_of(document: Mapping[str, Any], path: Path) -> Title:
    """The title of a document by what it says, or by its file's name where it is silent."""
    info = document.get("info")
    info = info if isinstance(info, Mapping) else {}
    stem, stem_version = _split_version(path.stem)
    named = _text(info.get("x-providerName"))
    owner = named or _host(document) or stem
    called = _text(info.get("x-serviceName")) or (named and _provider(named))
    name, version = _split_version(called or _text(info.get("title")))
    api = _slug(name) if called else _title_slug(name)
    version = version or stem_version
    return Title(
        owner=owner.lower(),
        provider=_provider(owner),
        api=api or _slug(stem) or "api",
        rank=_rank(version, str(info.get("version", ""))),
        version=_slug(version or str(info.get("version", ""))) or _slug(path.stem),
        stem=_slug(path.stem) or "api",
    )


def title_of_packaged(path: Path) -> Title:
    """The title of a document that lies as `<provider>/<service>.json` or `<provider>.json`."""
    owner, *rest = path.with_suffix("").as_posix().split("/", 1)
    name, version = _split_version(rest[0] if rest else _provider(owner))
    return Title(
        owner=owner.lower(),
        provider=_provider(owner),
        api=_slug(name) or "api",
        rank=_rank(version, ""),
        version=_slug(version) or _slug(path.stem),
        stem=_slug(path.stem) or "api",
    )


def spoken_title(document: Mapping[str, Any]) -> str:
    """The title of a document for people, or ""."""
    info = document.get("info")
    return clean_text(_text(info.get("title")), 120) if isinstance(info, Mapping) else ""


def licence_of(document: Mapping[str, Any]) -> str:
    """The licence a document states, or "unknown"."""
    info = document.get("info")
    licence = info.get("license") if isinstance(info, Mapping) else None
    if isinstance(licence, Mapping):
        licence = next((licence[key] for key in ("name", "url") if _text(licence.get(key))), "")
    return clean_text(_text(licence), 120) or "unknown"


def _split_version(name: str) -> tuple[str, str]:
    """A name without the versions at its end, and those versions."""
    versions = ""
    while match := _VERSION.search(name):
        versions = f"{match['version']} {versions}"
        name = name[: match.start()]
    return name, versions.strip()


def _rank(named: str, stated: str) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    words = f"{named} {stated}".lower()
    unstable = next((i for i, word in enumerate(_UNSTABLE) if word in words), None)
    stability = len(_UNSTABLE) if unstable is None else unstable
    return stability, _numbers(named), _numbers(stated)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,18}", version))


def _host(document: Mapping[str, Any]) -> str:
    """The host that serves the API, or "" where it is said nowhere or is nobody's."""
    servers = document.get("servers")
    urls = (
        [one.get("url") for one in servers if isinstance(one, Mapping)]
        if isinstance(servers, list)
        else []
    )
    for url in (*urls, f"//{_text(document.get('host'))}"):
        try:
            host = urlsplit(_text(url)).hostname or ""
        except ValueError:  # a port or an address that is none
            continue
        labels = [
            label for label in host.split(".") if label and "{" not in label and "}" not in label
        ]
        if len(labels) > 1 and not labels[-1].isdigit() and _NOBODY.isdisjoint(labels):
            return ".".join(labels)
    return ""


def _provider(owner: str) -> str:
    """The registrable name in a domain ("api.bbc.co.uk": "bbc"), or a slug of another word."""
    labels = [label for label in owner.lower().split(".") if label]
    is_hosted = ".".join(labels[-2:]) in _HOSTING
    is_national = len(owner) - owner.rfind(".") == 3 and not _SECOND_LEVEL.isdisjoint(labels[-2:])
    depth = 3 if is_hosted or is_national else 2
    name = labels[-depth] if len(labels) >= depth else owner
    slug = _slug(name) or "local"
    return _KNOWN_AS.get(slug, slug)


def _title_slug(title: str) -> str:
    """The telling words of a title."""
    words = [word for word in _slug(title).split("-") if word not in _EMPTY_WORDS]
    return "-".join(words[:_MAX_WORDS])


def _slug(text: str) -> str:
    return _NOT_SLUG.sub("-", text.lower()).strip("-")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
