"""The verticals that come with this package, as files."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["is_packaged", "packaged_folder", "packaged_names"]


def packaged_names() -> tuple[str, ...]:
    """The names of all verticals, sorted."""
    root = files("agentscaler.domain") / "verticals"
    return tuple(sorted(one.name for one in root.iterdir() if (one / "domain.yaml").is_file()))


def packaged_folder(name: str) -> Traversable:
    """The folder of a vertical; it need not be there."""
    return files("agentscaler.domain") / "verticals" / name


@cache
def is_packaged(source: str) -> bool:
    """Whether `source` is, letter for letter, the tools of a vertical of this package."""
    return any(
        source == (packaged_folder(name) / "tools.py").read_text(encoding="utf-8")
        for name in packaged_names()
    )
