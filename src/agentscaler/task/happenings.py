"""What happened to a row, or will, as its columns' names tell: "placed", "due", "that started"."""

from collections.abc import Iterator
from dataclasses import dataclass

from agentscaler.domain.domain import Column
from agentscaler.task.relative_days import RelativeDay

__all__ = ["Happening", "happening_of"]

_TIME_WORDS = frozenset({"at", "on", "time", "timestamp", "date", "datetime", "by"})


@dataclass(frozen=True)
class Happening:
    """What a moment of a row is.

    Attributes:
        was: what stands before a day that is over ("placed", "that started"); "" for nothing.
        will: what stands before a day to come ("starting"); "" for nothing.
        did: what the user did then ("placed"), where it is the user's own row; "" for nothing.
        begins: whether the row came about then, so that it is "from" that day.
        of_movers: whether only what moves by itself does this.
    """

    was: str = ""
    will: str = ""
    did: str = ""
    begins: bool = False
    of_movers: bool = False

    def words(self, day: RelativeDay, *, past: bool, mine: bool) -> Iterator[tuple[str, bool]]:
        """Words behind the noun, each with whether they say "I"."""
        if not past:
            if self.will:
                yield f"{self.will} {day.bare if self.will.endswith(' for') else day.said}", False
            return
        if mine and self.did:
            yield f"I {self.did} {day.said}", True
        elif self.was:
            yield f"{self.was} {day.said}", False
        if self.begins and day.said.split(" ")[0] not in {"earlier", "today"}:
            yield f"from {day.bare}", False

    def dated(self, day: str, *, past: bool) -> str:
        """The same with the day itself: "placed on 3 May 2026"."""
        word = (self.was if past else self.will).removesuffix(" for")
        return f"{word} {'on' if past or word == self.will else 'for'} {day}"


def _made(was: str, did: str = "") -> Happening:
    return Happening(was, did=did or was, begins=True)


_CREATED = _made("created")
_ENDED = Happening("that ended", "ending")
_EXPIRED = Happening("that expired", "expiring")
_STARTED = Happening("that started", "starting")
_CHANGED = Happening("last changed")
_LEFT = Happening("that left", "leaving", of_movers=True)
_ARRIVED = Happening("that arrived", "arriving", of_movers=True)

_HAPPENINGS = {
    **dict.fromkeys(("created", "create", "creation", "was created"), _CREATED),
    **{word: _made(word) for word in ("added", "booked", "filed", "made", "opened", "placed")},
    **{word: _made(word) for word in ("reported", "requested", "uploaded")},
    "bought": _made("bought"),
    "lent": _made("lent out", "borrowed"),
    "ordered": _made("ordered"),
    "signed": Happening("signed", did="signed"),
    "issued": Happening("issued", begins=True),
    "sent": Happening("sent"),
    "paid": Happening("paid"),
    **dict.fromkeys(("submitted", "submit", "submission"), _made("submitted")),
    **dict.fromkeys(("updated", "update", "last updated", "last update"), _CHANGED),
    **dict.fromkeys(("modified", "last modified", "modification", "last changed"), _CHANGED),
    **dict.fromkeys(("last modification", "last change"), _CHANGED),
    **dict.fromkeys(("started", "start", "starts"), _STARTED),
    **dict.fromkeys(("ended", "end", "ends"), _ENDED),
    **dict.fromkeys(("completed", "completion"), Happening("completed")),
    **dict.fromkeys(("finished", "finish"), Happening("finished")),
    **dict.fromkeys(("expires", "expire", "expiration", "expiry", "valid until"), _EXPIRED),
    "due": Happening("that was due", "due"),
    **dict.fromkeys(("departs", "departure", "leaves"), _LEFT),
    **dict.fromkeys(("arrives", "arrival"), _ARRIVED),
    **dict.fromkeys(("scheduled", "held"), Happening("", "scheduled for")),
    "filled": Happening("filled"),
    "published": Happening("published"),
    "registered": Happening("registered"),
    "installed": Happening("installed"),
    "launched": Happening("launched"),
    "archived": Happening("archived"),
}


def happening_of(column: Column) -> Happening | None:
    """What the moment in a column is; None where its name does not tell."""
    for words in (column.name.split("_"), column.noun.split(" ")):
        left = [*words]
        if left[0] in {"date", "time"} and len(left) > 1:
            left = left[1:]
        while len(left) > 1 and left[-1] in _TIME_WORDS:
            left.pop()
        found = _HAPPENINGS.get(" ".join(left))
        if found is not None:
            return found
    return None
