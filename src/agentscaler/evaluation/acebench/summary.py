"""`ace_section`: accuracies as the authors define them, by both scorers, for the report.

A category's accuracy is the share of right items, of multi-turn calls the share of dialogues that
are right in every turn.  A kind's is the mean of its categories.  The overall one weighs the kinds,
once with the official weights and once by numbers of items.  Rounding is the official scorer's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentscaler.evaluation.acebench.categories import (
    CATEGORIES,
    OFFICIAL_WEIGHTS,
    Kind,
    category_of,
)
from agentscaler.evaluation.report_page import ReportSection, table
from agentscaler.evaluation.trial import Slot, TrialResult

__all__ = ["Accuracy", "Standing", "ace_section", "published_parts", "standing_of"]

_SCORERS = ("parity", "fixed")


@dataclass(frozen=True)
class Accuracy:
    """Of one category.

    Attributes:
        items: that are done, a dialogue counted as one; a mean over the trials.
        whole: whether no trial of it is missing.
        share: of the right ones, by scorer; of multi-turn calls the right dialogues.
        turns: the mean over dialogues of the share of right turns, by scorer; multi-turn only.
        process: the share of milestones passed, by scorer; agents only.
    """

    items: float
    whole: bool
    share: Mapping[str, float]
    turns: Mapping[str, float]
    process: Mapping[str, float]


@dataclass(frozen=True)
class Standing:
    """All accuracies.

    Attributes:
        kinds: by kind and scorer, the mean over the categories that were evaluated.
        overall: by scorer with the official weights; None unless every category was evaluated.
        by_items: by scorer, weighed by numbers of items.
        differing: reasons of the official scorer and of the fixed one, with the trials on which
            they differ, the most frequent first.
    """

    categories: Mapping[str, Accuracy]
    kinds: Mapping[Kind, Mapping[str, float]]
    overall: Mapping[str, float] | None
    by_items: Mapping[str, float]
    differing: Sequence[tuple[str, str, int]]

    @property
    def whole(self) -> bool:
        """Whether every category was evaluated without a missing trial."""
        return self.overall is not None and all(one.whole for one in self.categories.values())


def standing_of(results: Sequence[TrialResult], expected: Mapping[str, int]) -> Standing:
    """The accuracies of an evaluation.

    Args:
        results: at most one a slot.
        expected: trials that are owed, by category.
    """
    done = [one for one in results if one.done]
    groups: dict[str, list[TrialResult]] = defaultdict(list)
    for one in done:
        groups[one.group].append(one)
    categories = {
        name: _accuracy(groups[name], len(groups[name]) == expected.get(name, 0))
        for name in CATEGORIES
        if groups[name]
    }
    kinds = {
        kind: {scorer: _mean_of(categories, kind, scorer) for scorer in _SCORERS}
        for kind in Kind
        if any(CATEGORIES[name] is kind for name in categories)
    }
    overall = None
    if len(categories) == len(CATEGORIES):
        overall = {
            scorer: round(sum(kinds[kind][scorer] * OFFICIAL_WEIGHTS[kind] for kind in kinds), 3)
            for scorer in _SCORERS
        }
    items = {
        kind: sum(one.items for name, one in categories.items() if CATEGORIES[name] is kind)
        for kind in kinds
    }
    total = sum(items.values())
    by_items = {
        scorer: round(sum(kinds[kind][scorer] * items[kind] for kind in kinds) / total, 3)
        for scorer in (_SCORERS if total else ())
    }
    return Standing(categories, kinds, overall, by_items, _differing(done))


def ace_section(
    slots: Sequence[Slot], results: Sequence[TrialResult], notes: Sequence[str] = ()
) -> ReportSection:
    """The suite's part of the report.

    Args:
        slots: all that are owed.
        results: at most one a slot.
        notes: further lines, such as what of the data was left out.
    """
    expected = Counter(category_of(slot.task) or "" for slot in slots)
    standing = standing_of(results, expected)
    return ReportSection(
        name="acebench",
        title="Accuracy as ACEBench defines it",
        lines=(*_lines(standing), *_noted(notes)),
        content=_content(standing),
    )


def published_parts(
    slots: Sequence[Slot], results: Sequence[TrialResult], language: str, scorer: str
) -> dict[str, float]:
    """Per cent under the names that published rows have ("en special", "en overall")."""
    standing = standing_of(results, Counter(category_of(slot.task) or "" for slot in slots))
    shares = {str(kind): of[scorer] for kind, of in standing.kinds.items()}
    if standing.overall is not None:
        shares["overall"] = standing.overall[scorer]
    return {f"{language} {name}": 100 * share for name, share in shares.items()}


def _accuracy(done: Sequence[TrialResult], whole: bool) -> Accuracy:
    by_trial: dict[int, list[TrialResult]] = defaultdict(list)
    for one in done:
        by_trial[one.trial].append(one)
    shares: dict[str, list[float]] = defaultdict(list)
    turns: dict[str, list[float]] = defaultdict(list)
    process: dict[str, list[float]] = defaultdict(list)
    items = 0
    for group in by_trial.values():
        units = _units(group)
        items += len(units)
        for scorer in _SCORERS:
            right = [[one.scores.get(scorer) == 1 for one in unit] for unit in units]
            share = sum(map(all, right)) / len(units)
            special = group[0].kind == Kind.SPECIAL  # the official scorer does not round these
            shares[scorer].append(share if special else round(share, 3))
            if group[0].cluster:
                rates = [round(sum(unit) / len(unit), 3) for unit in right]
                turns[scorer].append(round(sum(rates) / len(rates), 3))
            having = [
                one.scores[key] for one in group if (key := f"process_{scorer}") in one.scores
            ]
            if having:
                process[scorer].append(round(sum(having) / len(having), 3))
    return Accuracy(
        items / len(by_trial), whole, *(_means(values) for values in (shares, turns, process))
    )


def _units(group: Sequence[TrialResult]) -> list[list[TrialResult]]:
    """What counts as one: an item, or the turns of a dialogue."""
    units: dict[str, list[TrialResult]] = defaultdict(list)
    for one in group:
        units[one.cluster or one.task].append(one)
    return list(units.values())


def _means(values: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: sum(of) / len(of) for name, of in values.items()}


def _mean_of(categories: Mapping[str, Accuracy], kind: Kind, scorer: str) -> float:
    shares = [one.share[scorer] for name, one in categories.items() if CATEGORIES[name] is kind]
    return round(sum(shares) / len(shares), 3)


def _differing(done: Sequence[TrialResult]) -> list[tuple[str, str, int]]:
    counts = Counter(
        (one.extra.get("parity_reason") or "right", one.extra.get("fixed_reason") or "right")
        for one in done
        if one.scores.get("parity") != one.scores.get("fixed")
    )
    rows = [(official, fixed, count) for (official, fixed), count in counts.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def _lines(standing: Standing) -> Iterator[str]:
    if not standing.categories:
        yield "No trial is done."
        return
    yield (
        "*Parity* scores as the authors' scorer does, defects and all, and compares with what"
        " others publish; *fixed* scores without its defects. A multi-turn dialogue counts as one"
        " item, and is right if every turn is."
    )
    yield ""
    rows = [
        [
            name,
            f"{one.items:g}",
            _share(one.share, "parity"),
            _share(one.share, "fixed"),
            _more(one),
        ]
        for name, one in standing.categories.items()
    ]
    yield from table(("category", "items", "parity", "fixed", "process (parity, fixed)"), rows)
    yield ""
    rows = [
        [f"{kind} (weight {OFFICIAL_WEIGHTS[kind]:g})", *(f"{of[one]:.3f}" for one in _SCORERS)]
        for kind, of in standing.kinds.items()
    ]
    if standing.overall is not None:
        rows.append(["**overall, official weights**", *_pair(standing.overall)])
    rows.append(["overall, weighed by items", *_pair(standing.by_items)])
    yield from table(("", "parity", "fixed"), rows)
    yield ""
    yield _about_weights(standing)
    if standing.differing:
        yield ""
        yield from table(
            ("official verdict", "fixed verdict", "trials"),
            [[official, fixed, f"{count:,}"] for official, fixed, count in standing.differing],
        )


def _about_weights(standing: Standing) -> str:
    told = (
        "The official weights are the square roots of the numbers of items of each kind over"
        " their sum, as in the authors' table."
    )
    if standing.overall is None:
        return (
            f"{told} There is no overall accuracy with them, since"
            f" {len(CATEGORIES) - len(standing.categories)} of the {len(CATEGORIES)} categories"
            " have no trial that is done; the authors' scorer counts these as 0."
        )
    if not standing.whole:
        return f"{told} Trials are missing, and accuracies are of those that are done."
    return told


def _more(one: Accuracy) -> str:
    """Process accuracies, or of dialogues the shares of right turns."""
    shares = one.process or one.turns
    return f"{_share(shares, 'parity')}, {_share(shares, 'fixed')}" if shares else ""


def _share(of: Mapping[str, float], name: str) -> str:
    return f"{of[name]:.3f}" if name in of else "-"


def _pair(of: Mapping[str, float]) -> list[str]:
    return [_share(of, name) for name in _SCORERS]


def _noted(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield ""
        yield from (f"- {note}" for note in notes)


def _content(standing: Standing) -> dict[str, Any]:
    return {
        "categories": {
            name: {
                "items": one.items,
                "whole": one.whole,
                "accuracy": dict(one.share),
                "right_turns": dict(one.turns),
                "process": dict(one.process),
            }
            for name, one in standing.categories.items()
        },
        "kinds": {str(kind): dict(of) for kind, of in standing.kinds.items()},
        "overall": dict(standing.overall) if standing.overall is not None else None,
        "overall_by_items": dict(standing.by_items),
        "differing": [
            {"parity": official, "fixed": fixed, "trials": count}
            for official, fixed, count in standing.differing
        ],
    }
