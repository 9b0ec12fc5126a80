"""Scoring again what was played: where the scores of today differ from those that were kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agentscaler.evaluation.trial import Slot, TrialResult

__all__ = ["Difference", "Rescoring", "compare_scores", "differences"]

_TINY = 1e-9


@dataclass(frozen=True)
class Difference:
    """A trial whose score is another one now.

    Attributes:
        what: which scores differ, with both values ("reward 1 -> 0").
        why: the reason that is given now, or was given before where there is none now.
    """

    slot: Slot
    what: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Rescoring:
    """What scoring again came to.

    Attributes:
        results: of today, where an episode could be scored, else what was kept.
        scored: trials with an episode; `without` trials that are kept and have none.
        differences: in the order of the trials.
    """

    results: tuple[TrialResult, ...]
    scored: int
    without: int
    differences: tuple[Difference, ...]

    @property
    def changes(self) -> Counter[str]:
        """How many trials became right, became wrong, or differ in something else."""
        return Counter(_kind(one) for one in self.differences)


def compare_scores(stored: Sequence[TrialResult], fresh: Iterable[TrialResult]) -> Rescoring:
    """Holds fresh scores against those that were kept."""
    newest = {one.slot: one for one in fresh}
    results = tuple(newest.get(one.slot, one) for one in stored)
    return Rescoring(
        results=results,
        scored=sum(one.slot in newest for one in stored),
        without=sum(one.slot not in newest for one in stored),
        differences=tuple(
            Difference(before.slot, what, _why(before, after))
            for before, after in zip(stored, results, strict=True)
            if (what := tuple(differences(before, after)))
        ),
    )


def differences(before: TrialResult, after: TrialResult) -> Iterator[str]:
    """In what two results of a trial differ that a report is made of, but for tokens and times."""
    for name in ("state", "success", "owner", "reason", "group", "kind", "band", "calls"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield f"{name} {_told(one)} -> {_told(other)}"
    if abs(before.reward - after.reward) > _TINY:
        yield f"reward {before.reward:g} -> {after.reward:g}"
    for name in sorted({*before.scores, *after.scores}):
        one, other = before.scores.get(name), after.scores.get(name)
        if one is None or other is None or abs(one - other) > _TINY:
            yield f"{name} {_told(one)} -> {_told(other)}"


def _told(value: object) -> str:
    return "nothing" if value is None or value == "" else str(value)


def _why(before: TrialResult, after: TrialResult) -> str:
    told = after.detail or after.reason
    if told:
        return told
    earlier = before.detail or before.reason
    return f"before: {earlier}" if earlier else ""


def _kind(one: Difference) -> str:
    text = " ".join(one.what)
    if "success False -> True" in text:
        return "now right"
    return "now wrong" if "success True -> False" in text else "other"
