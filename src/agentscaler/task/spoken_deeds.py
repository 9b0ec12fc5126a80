"""How a deed is spoken of when it is done to many rows, or only perhaps: verb, participle, gerund.

Most tools tell these by their names; a deed of its own has them in its `Ask`, if it is plain enough
("cancel {order_id} [because ...]", "{order_id} has been cancelled.").
"""

import re
from dataclasses import dataclass

from agentscaler.corpus.english import gerund, past
from agentscaler.domain.domain import DomainTool, ToolKind

__all__ = ["SpokenDeed", "is_added", "spoken_deed"]

_ROWS = frozenset({"key", "reference"})
_REMOVALS = frozenset({"delete", "deregister", "release", "remove"})
_MORE = "and tell me |because |for good|in full"
_ASKED = re.compile(rf"(\w+) \{{(\w+)\}}(?: \[[^\]]*\])*(?: (?:{_MORE}).*)?")
_DONE = re.compile(r"\{(\w+)\} (?:has been|is|has) ([a-z]+(?:ed|[aeiou]id|wn))(?=[.;, ])")
_ADDED = re.compile(rf"(?:{_MORE})")


@dataclass(frozen=True)
class SpokenDeed:
    """The words for a deed: "cancel", "cancelling", "cancelled", and the argument it is done to."""

    verb: str
    gerund: str
    done: str
    argument: str


def spoken_deed(tool: DomainTool, argument: str) -> SpokenDeed | None:
    """The words for what a tool does to one row; None where they would not read well.

    Args:
        argument: the one that names the row, of tools without an `Ask`.
    """
    if tool.ask is not None:
        return _asked(tool)
    verb = "delete" if tool.kind is ToolKind.BATCH_DELETE else tool.name.split("_")[0]
    if tool.kind is ToolKind.DELETE and verb not in _REMOVALS:
        verb = "delete"
    return SpokenDeed(verb, gerund(verb), past(verb), argument)


def is_added(text: str) -> bool:
    """Whether a piece of a request only adds a reason or a question, and may be left out."""
    return _ADDED.match(text) is not None


def _asked(tool: DomainTool) -> SpokenDeed | None:
    assert tool.ask is not None
    asked = _ASKED.fullmatch(tool.ask.request)
    done = _DONE.match(tool.ask.report)
    rows = [name for name, role in tool.arguments.items() if role.kind in _ROWS]
    if asked is None or done is None or rows != [asked.group(2)] or done.group(1) != rows[0]:
        return None
    if tool.arguments[rows[0]].kind != "key":
        return None
    return SpokenDeed(asked.group(1), gerund(asked.group(1)), done.group(2), rows[0])
