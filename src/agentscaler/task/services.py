"""Services that people may ask for and that the tools of a domain mostly do not offer."""

from dataclasses import dataclass

__all__ = ["SERVICES", "Service"]


@dataclass(frozen=True)
class Service:
    """Something to be done with a thing that is named between `before` and `after`.

    Attributes:
        said_before, said_after: the same in the agent's mouth.
        words: words of tools that could be taken to offer it, or something near it.
    """

    before: str
    after: str
    said_before: str
    said_after: str
    words: frozenset[str]


def _service(before: str, after: str, said_before: str, said_after: str, words: str) -> Service:
    return Service(before, after, said_before, said_after, frozenset(words.split()))


SERVICES = (
    _service(
        "send me a copy of",
        "by email",
        "send you a copy of",
        "by email",
        "email mail send notify message deliver copy export share",
    ),
    _service(
        "export",
        "as a spreadsheet",
        "export",
        "as a spreadsheet",
        "export download report csv extract backup dump",
    ),
    _service("print", "", "print", "", "print label document report export"),
    _service(
        "remind me about",
        "next Monday",
        "remind you about",
        "next Monday",
        "remind reminder schedule notify notification alarm event calendar task",
    ),
    _service(
        "share",
        "with a colleague of mine",
        "share",
        "with a colleague of yours",
        "share grant permission invite access member assign policy role",
    ),
    _service(
        "put",
        "back to the way it was a month ago",
        "put",
        "back to the way it was a month ago",
        "restore rollback revert undo version backup snapshot history reset revision",
    ),
    _service(
        "give me a call about",
        "",
        "call you about",
        "",
        "call phone contact notify message ticket escalate callback support",
    ),
    _service(
        "show me who last changed",
        "",
        "see who last changed",
        "",
        "audit history log event activity modified updated version revision user author owner",
    ),
)
