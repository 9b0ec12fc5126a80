"""The arms of an experiment: from gathered dialogues to the points that are compared."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from agentscaler.dataset.kinship import DomainSketch
from agentscaler.errors import InputError
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.faulty import FUNNELS
from agentscaler.experiment.point import PhasePlan, Point, SharePlan
from agentscaler.experiment.selection import nested_order
from agentscaler.experiment.settings import ExperimentSettings

__all__ = [
    "HELD_OUT",
    "UNSEEN",
    "VERTICAL",
    "VERTICAL_NEW",
    "choose_tasks",
    "funnel_points",
    "order_of_domains",
    "phase_points",
    "scaling_points",
    "set_aside",
    "unseen_trial",
]

HELD_OUT = "held out"
"""Tasks of domains that nothing is learned from."""
UNSEEN = "unseen"
"""Tasks set aside, of domains that are learned from."""
VERTICAL = "vertical"
"""The same in the domains of the vertical."""
VERTICAL_NEW = "vertical, new"
"""Domains of the vertical that nothing is learned from."""


def order_of_domains(dialogues: Iterable[Dialogue], seed: int, least: int = 1) -> list[str]:
    """The training domains in the order of a seed; the first n are its set of n.

    Args:
        least: domains with fewer dialogues come last.
    """
    lengths: dict[str, list[int]] = defaultdict(list)
    services: dict[str, str] = {}
    for one in dialogues:
        if one.role == "train" and one.source == "general":
            lengths[one.domain].append(one.tokens)
            services[one.domain] = one.service
    return nested_order(
        [
            DomainSketch(name, services[name], frozenset(), sum(given) / len(given), len(given))
            for name, given in lengths.items()
        ],
        seed,
        least,
    )


def scaling_points(dialogues: Sequence[Dialogue], settings: ExperimentSettings) -> list[Point]:
    """One point a size and seed, seed by seed: equal tokens, nested sets of domains.

    Raises:
        InputError: there are no more training domains than the largest size but one.
    """
    points = []
    for seed in settings.seeds:
        order = order_of_domains(dialogues, seed, settings.least_dialogues)
        if len(settings.sizes) > 1:
            _enough(order, settings.sizes[-2] + 1)
        for wanted in settings.sizes:
            size = min(wanted, len(order))
            share = SharePlan(
                domains=tuple(order[:size]), tokens=settings.tokens, dialogues=settings.dialogues
            )
            points.append(
                Point(
                    id=f"{size:04}-s{seed}",
                    label=str(size),
                    size=size,
                    seed=seed,
                    phases=(PhasePlan(name="general", shares=(share,)),),
                    trials=(HELD_OUT, unseen_trial(seed)),
                )
            )
    return points


def unseen_trial(seed: int) -> str:
    """The name of the trial in domains that all points of a seed learn from."""
    return f"{UNSEEN}, seed {seed}"


def phase_points(dialogues: Sequence[Dialogue], settings: ExperimentSettings) -> list[Point]:
    """Two phases against one mixed phase, the vertical alone and the general domains alone.

    All see equally many tokens; the two-phase agents and the mixed one equally many of the
    vertical.

    Raises:
        InputError: there are too few general domains, or no dialogues of the vertical.
    """
    arm = settings.phases
    vertical = tuple(_domains_of(dialogues, "vertical"))
    if not vertical:
        raise InputError(
            "The rules allow no dialogue of the vertical to learn from.",
            "Loosen the rules, or give a run with shorter tasks of it.",
        )
    of_vertical = round(settings.tokens * arm.vertical_share)
    replayed = round(settings.tokens * arm.replay_share)
    trials = [VERTICAL, HELD_OUT]
    if any(one.source == "vertical" and one.role == "held_out" for one in dialogues):
        trials.insert(1, VERTICAL_NEW)
    points = []
    for seed in settings.seeds:
        order = _enough(order_of_domains(dialogues, seed, settings.least_dialogues), arm.domains)
        general = tuple(order[: arm.domains])

        def share(source: str, domains: tuple[str, ...], tokens: int) -> SharePlan:
            return SharePlan(source=source, domains=domains, tokens=tokens)

        some = share("general", general, settings.tokens - of_vertical)
        before = share("general", general, settings.tokens - of_vertical - replayed)
        again = share("general", general, replayed)
        some_vertical = share("vertical", vertical, of_vertical)
        agents = {
            "two phases": (("general", (some,)), ("vertical", (some_vertical,))),
            "two phases, replay": (("general", (before,)), ("vertical", (again, some_vertical))),
            "one mixed phase": (("mixed", (some, some_vertical)),),
            "vertical only": (("vertical", (share("vertical", vertical, settings.tokens),)),),
            "general only": (("general", (share("general", general, settings.tokens),)),),
        }
        for label, phases in agents.items():
            points.append(
                Point(
                    id=f"{label.replace(',', '').replace(' ', '-')}-s{seed}",
                    label=label,
                    size=len({name for _, shares in phases for s in shares for name in s.domains}),
                    seed=seed,
                    phases=tuple(PhasePlan(name=name, shares=shares) for name, shares in phases),
                    trials=tuple(trials),
                )
            )
    return points


def funnel_points(dialogues: Sequence[Dialogue], settings: ExperimentSettings) -> list[Point]:
    """One point a funnel and seed: equal tokens of what each lets pass of the same dialogues.

    Raises:
        InputError: there are fewer training domains than wanted.
    """
    points = []
    for seed in settings.seeds:
        wanted = settings.funnel.domains
        # Domains of which the whole funnel leaves nothing would make the agents' sets differ.
        sound = [one for one in dialogues if "whole" in one.kept_by or one.role != "train"]
        order = _enough(order_of_domains(sound, seed, settings.least_dialogues), wanted)
        for funnel in FUNNELS:
            share = SharePlan(domains=tuple(order[:wanted]), tokens=settings.tokens, kept_by=funnel)
            points.append(
                Point(
                    id=f"{funnel.replace(' ', '-')}-s{seed}",
                    label=funnel,
                    size=wanted,
                    seed=seed,
                    phases=(PhasePlan(name="general", shares=(share,)),),
                    trials=(HELD_OUT,),
                )
            )
    return points


def set_aside(dialogues: Sequence[Dialogue], share_or_count: float | int, seed: str) -> set[str]:
    """Tasks of one domain that nothing is learned from, by id: a count, or a share of them.

    At least one task is left to learn from.
    """
    tasks = sorted({one.task for one in dialogues})
    count = share_or_count
    if isinstance(count, float):
        count = max(1, round(count * len(tasks)))
    random.Random(seed).shuffle(tasks)
    return set(tasks[: min(int(count), len(tasks) - 1)])


def choose_tasks(dialogues: Sequence[Dialogue], most: int, seed: str) -> list[str]:
    """Up to `most` tasks of one domain, of each kind in turn."""
    rng = random.Random(seed)
    kinds: dict[str, list[str]] = defaultdict(list)
    for one in dialogues:
        kinds[one.kind].append(one.task)
    for tasks in kinds.values():
        rng.shuffle(tasks)
    queues = [kinds[kind] for kind in sorted(kinds)]
    chosen: list[str] = []
    while len(chosen) < most and any(queues):
        for queue in queues:
            if queue and len(chosen) < most:
                chosen.append(queue.pop())
    return sorted(chosen)


def _domains_of(dialogues: Iterable[Dialogue], source: str) -> Mapping[str, None]:
    return dict.fromkeys(
        one.domain for one in dialogues if one.source == source and one.role == "train"
    )


def _enough(order: list[str], wanted: int) -> list[str]:
    if len(order) < wanted:
        raise InputError(
            f"{wanted:,} training domains are wanted, and the rules leave {len(order):,}.",
            "Name smaller sizes, hold fewer domains out, loosen the rules, or give a larger run.",
        )
    return order
