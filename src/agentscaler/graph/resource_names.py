"""Resource names: one parameter that stands for a whole path ("projects/p/topics/t").

Where an API has them, the template of the path tells whose name a parameter takes.  A *scope* is
what is fixed in such a name: its collections, "projects/topics".
"""

import re
from functools import lru_cache

from agentscaler.corpus.tool import ToolSpec
from agentscaler.words import split_words

__all__ = ["elements_scope", "name_parameters", "own_scope", "parent_scope"]

_VERSION = re.compile(r"v\d+\w*")


def name_parameters(tool: ToolSpec) -> list[str]:
    """Parameters in the path that no single placeholder stands for, so that they span several."""
    if "{" not in (tool.path or ""):
        return []
    single = {"".join(split_words(name)) for name in re.findall(r"{\+?([^}]+)}", tool.path or "")}
    return [
        parameter
        for parameter, schema in tool.parameters["properties"].items()
        if schema.get("x-in") == "path" and "".join(split_words(parameter)) not in single
    ]


def own_scope(tool: ToolSpec) -> str:
    """Of the record that the path of a call leads to."""
    return "/".join(_collections(tool.path or ""))


def parent_scope(tool: ToolSpec) -> str:
    """Of the record above the collection that the path of a call leads to."""
    path = _without_verb(tool.path or "")
    names = _collections(path)
    return "/".join(names if path.endswith("}") else names[:-1])


def elements_scope(tool: ToolSpec) -> str:
    """Of the records in the collection that the path leads to; "" where it leads to a record."""
    path = _without_verb(tool.path or "")
    return "" if path.endswith("}") else "/".join(_collections(path))


def _without_verb(path: str) -> str:
    head, _, tail = path.rpartition("/")
    return f"{head}/{tail.split(':')[0]}"


@lru_cache(maxsize=65536)
def _collections(path: str) -> tuple[str, ...]:
    segments = _without_verb(path).split("/")
    return tuple(
        segment
        for position, segment in enumerate(segments)
        if segment
        and not segment.startswith("{")
        and not (position < 3 and _VERSION.fullmatch(segment))
    )
