"""`choose_tasks`: which tasks of a run are played: of which split, apart from training, how many.

In: a sketch of every domain and every task of the run.  Out: the tasks chosen, by id, and what was
left out and why, so that a reader sees what a figure speaks of.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from agentscaler.dataset.kinship import DomainSketch, families, kin_of
from agentscaler.errors import InputError
from agentscaler.evaluation.own.settings import OwnSettings

__all__ = ["Choice", "TaskSketch", "choose_tasks"]


@dataclass(frozen=True)
class TaskSketch:
    """What is to be known of a task to choose it.

    Attributes:
        kind: "read", "write", or "special".
    """

    id: str
    domain: str
    kind: str


@dataclass(frozen=True)
class Choice:
    """The tasks that are played.

    Attributes:
        tasks: ids, in the order of the run.
        family: of each domain that is played in.
        of_split: domains of the split, before anything was left out.
        kin: domains left out, each with the domain that is trained on and like it, and how.
        left_out: other domains and tasks left out, by reason.
    """

    tasks: tuple[str, ...]
    family: Mapping[str, str]
    of_split: int
    kin: Mapping[str, tuple[str, str]]
    left_out: Mapping[str, int]


def choose_tasks(
    domains: Sequence[DomainSketch],
    tasks: Iterable[TaskSketch],
    is_held_out: Callable[[str], bool],
    settings: OwnSettings,
    *,
    seed: int = 0,
    limit: int | None = None,
) -> Choice:
    """Chooses tasks.

    Args:
        is_held_out: says of a domain's id whether nothing is learned from it.
        limit: tasks in all, taken from all domains in turn.

    Raises:
        InputError: a domain is named that is not there, or nothing is left to play.
    """
    known = {one.id for one in domains}
    if unknown := sorted(set(settings.domains) - known):
        raise InputError(
            f"The run has no domain {unknown[0]}.", "Name domains by the ids that it has."
        )
    split = [one for one in domains if _in_split(one, is_held_out, settings)]
    kin = _too_close(split, [one for one in domains if not is_held_out(one.id)], settings)
    named = set(settings.domains) or known
    played = [one for one in split if one.id not in kin and one.id in named]
    left_out = Counter({"domain not named": sum(one.id not in named for one in split)})
    groups: dict[str, list[TaskSketch]] = {one.id: [] for one in played}
    for task in tasks:
        if task.domain in groups and task.kind in settings.kinds:
            groups[task.domain].append(task)
        elif task.domain in groups:
            left_out[f"task of the kind {task.kind}"] += 1
    drawn = [_drawn(of, settings.per_domain, seed) for of in groups.values()]
    chosen = _spread(drawn, limit)
    if not chosen:
        raise _nothing(settings, len(split), len(kin))
    left_out["domain without such tasks"] = sum(not of for of in groups.values())
    of_family = families(domains)
    return Choice(
        tasks=tuple(task.id for of in groups.values() for task in of if task.id in chosen),
        family={one.id: of_family[one.id] for one in played},
        of_split=len(split),
        kin=kin,
        left_out={reason: n for reason, n in sorted(left_out.items()) if n},
    )


def _in_split(
    domain: DomainSketch, is_held_out: Callable[[str], bool], settings: OwnSettings
) -> bool:
    return settings.split == "all" or is_held_out(domain.id) == (settings.split == "held_out")


def _too_close(
    split: Sequence[DomainSketch], train: Sequence[DomainSketch], settings: OwnSettings
) -> dict[str, tuple[str, str]]:
    """The held-out domains that are kin to one that is trained on."""
    if settings.split != "held_out" or settings.apart == "nothing":
        return {}
    return kin_of(split, train, by_service=settings.apart == "families")


def _drawn(tasks: list[TaskSketch], most: int | None, seed: int) -> list[TaskSketch]:
    """At most so many tasks of a domain, drawn each by its own id, in the order of their lot."""

    def lot(task: TaskSketch) -> bytes:
        return hashlib.sha256(f"{seed}/{task.id}".encode()).digest()

    return sorted(tasks, key=lot)[:most]


def _spread(groups: Sequence[Sequence[TaskSketch]], limit: int | None) -> set[str]:
    """The ids of so many tasks, of all domains in turn."""
    in_turn = (task for task in chain(*zip_longest(*groups)) if task is not None)
    return {task.id for task in islice(in_turn, limit)}


def _nothing(settings: OwnSettings, of_split: int, kin: int) -> InputError:
    what = settings.split.replace("_", " ")
    if of_split and kin == of_split:
        return InputError(
            f"All {kin:,} held-out domains of the run are kin to domains that are trained on.",
            "Take them in with --apart tools or --apart nothing, or make a run of more services.",
        )
    return InputError(
        f"The run has no task to play: {of_split:,} domains are of the split {what!r},"
        f" {kin:,} of them kin to training.",
        "Choose another split, other domains or other kinds; dataset.held_out_share of the run"
        " decides how many domains are held out.",
    )
