"""Special tasks of two domains: a shop whose customers speak for themselves, and a box office."""

from functools import cache

from agentscaler.domain.domain import Domain
from agentscaler.domain.verticals.load import load_vertical
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.task import SpecialKind, Task, TaskSettings, construct_tasks

__all__ = ["TASKS", "dialogues", "of_kind", "shop", "special_tasks"]

TASKS = 40


@cache
def shop() -> Domain:
    return load_vertical("retail", trials=5)


_made: dict[str, tuple[Task, ...]] = {}


def special_tasks(domain: Domain) -> tuple[Task, ...]:
    """Tasks of which each has a wish that cannot be fulfilled."""
    found = _made.get(domain.id)
    if found is None:
        settings = TaskSettings(per_domain=TASKS, special_share=1.0)
        (outcome,) = construct_tasks([domain], settings)
        found = _made[domain.id] = tuple(outcome.tasks)
    return found


def of_kind(domain: Domain, kind: SpecialKind) -> list[Task]:
    return [task for task in special_tasks(domain) if task.special is kind]


def dialogues(domain: Domain, tasks: list[Task]) -> list[Trajectory]:
    """One dialogue a task, without mistakes."""
    settings = RolloutSettings(mistake_rate=0.0)
    return [one for played in roll_out([(domain, tasks)], settings) for one in played]
