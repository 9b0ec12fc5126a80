"""How hard tasks are, measured: the share of episodes of given agents that passed the funnel.

In: tasks, and for each agent the verdicts on its episodes.  Out: one `Difficulty` a task.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agentscaler.filtering.verdict import Verdict
from agentscaler.task.task import Task

__all__ = ["AgentRecord", "Band", "Difficulty", "DifficultySettings", "measure_difficulty"]


class Band(StrEnum):
    """How hard a task is."""

    EASY = "easy"
    """Nearly every episode passes."""
    MEDIUM = "medium"
    """About as many pass as fail."""
    HARD = "hard"
    """Few pass."""
    UNSOLVED = "unsolved"
    """None passes."""


class DifficultySettings(BaseModel):
    """How difficulty is measured.

    Attributes:
        agents: who plays: "expert", "hasty", "slipping:RATE" with the chance that it gets a call
            wrong, or "run" for the episodes that the run holds already.
        trials: episodes a task and agent.
        easy, medium: pass rates from which on a task is easy, or medium; below it is hard.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agents: tuple[str, ...] = ("expert", "slipping:0.1", "slipping:0.3", "hasty")
    trials: int = Field(default=4, ge=1)
    easy: float = Field(default=0.8, gt=0, le=1)
    medium: float = Field(default=0.5, gt=0, le=1)

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.medium > self.easy:
            raise ValueError("medium must not be above easy")
        return self


class AgentRecord(BaseModel):
    """How one agent did at one task."""

    model_config = ConfigDict(frozen=True)

    episodes: int
    passed: int


class Difficulty(BaseModel):
    """How hard one task is.

    Attributes:
        calls: of gold.
        rate: the mean of the agents' pass rates.
        agents: by the agent's name in the settings.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    domain: str
    kind: str
    calls: int
    goals: int
    band: Band
    rate: float
    agents: dict[str, AgentRecord]


def measure_difficulty(
    tasks: Iterable[Task],
    verdicts: Mapping[str, Sequence[Verdict]],
    settings: DifficultySettings | None = None,
) -> list[Difficulty]:
    """The difficulty of each task on which there is a verdict, in order.

    Args:
        verdicts: by agent.  Each agent counts alike, however many episodes it played.
    """
    settings = settings or DifficultySettings()
    records: dict[str, dict[str, AgentRecord]] = {}
    for agent, judged in verdicts.items():
        for verdict in judged:
            of_task = records.setdefault(verdict.task, {})
            before = of_task.get(agent, AgentRecord(episodes=0, passed=0))
            of_task[agent] = AgentRecord(
                episodes=before.episodes + 1, passed=before.passed + verdict.kept
            )
    return [_difficulty(task, records[task.id], settings) for task in tasks if task.id in records]


def _difficulty(
    task: Task, agents: dict[str, AgentRecord], settings: DifficultySettings
) -> Difficulty:
    rates = [record.passed / record.episodes for record in agents.values()]
    rate = sum(rates) / len(rates)
    return Difficulty(
        task=task.id,
        domain=task.domain,
        kind=task.kind,
        calls=len(task.gold),
        goals=len(task.goals),
        band=_band(rate, settings),
        rate=round(rate, 4),
        agents=agents,
    )


def _band(rate: float, settings: DifficultySettings) -> Band:
    if rate == 0:
        return Band.UNSOLVED
    if rate >= settings.easy:
        return Band.EASY
    return Band.MEDIUM if rate >= settings.medium else Band.HARD
