"""`Fingerprint`: everything that decides a stage's bytes, in parts so that changes have names."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Fingerprint", "code_version"]

_PACKAGE = Path(__file__).parent.parent


class Fingerprint(BaseModel):
    """What a stage's output depends on; the number of workers is not in it.

    Attributes:
        stage: the stage's name.
        upstream: digest of the fingerprint of the stage before; "" for the first.
        inputs: what the stage takes from outside the run (sources, libraries), by name, each with
            a version or digest.
        settings: the stage's settings as JSON.
        code: `code_version` of the packages that the stage uses.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    upstream: str = ""
    inputs: dict[str, str] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)
    seed: int = 0
    code: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over all parts, in hexadecimal."""
        parts = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(parts).hexdigest()

    def changes_since(self, before: "Fingerprint") -> list[str]:
        """What is different from `before`, in words, one entry a change."""
        changes = [
            f"{self.stage} setting {key} was {_shown(old)}, is {_shown(new)}"
            for key, old, new in _differences(before.settings, self.settings)
        ]
        changes += [
            f"input {key} " + ("is new" if old is None else "is gone" if new is None else "changed")
            for key, old, new in _differences(before.inputs, self.inputs)
        ]
        if self.seed != before.seed:
            changes.append(f"the seed was {before.seed}, is {self.seed}")
        if self.code != before.code:
            changes.append("the program's code changed")
        if self.upstream != before.upstream:
            changes.append("the stage before it was redone")
        return changes


@cache
def code_version(parts: Sequence[str]) -> str:
    """SHA-256 over the source files of some packages and modules of this program, their data too.

    Args:
        parts: names directly below the program's package ("corpus", "errors"), as a tuple.
    """
    digest = hashlib.sha256()
    for part in parts:
        module = _PACKAGE / f"{part}.py"
        files = [module] if module.is_file() else sorted(_sources(_PACKAGE / part))
        for path in files:
            digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    """Code, and the data that comes with it."""
    return (path for path in folder.rglob("*.*") if path.suffix in {".py", ".sql", ".yaml"})


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """The leaves of two nested mappings that differ, as (dotted key, before, after)."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differences(old, new, f"{prefix}{key}.")
        elif old != new:
            yield f"{prefix}{key}", old, new


def _shown(value: Any) -> str:
    return "unset" if value is None else orjson.dumps(value).decode()
