"""`Benchmark`: what differs between tau2-bench and tau-bench, and the records both share."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from agentscaler.evaluation.tau.answering import Cast, Part
from agentscaler.evaluation.tau.home import Package
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["Benchmark", "Episode", "Score", "TauTask", "is_successful"]


@dataclass(frozen=True)
class TauTask:
    """A task, as the bridge tells of it.

    Attributes:
        id: in the package; unique in its domain.
        calls, user_calls: gold actions of the agent and of the user.
        kind: "write" where a gold action changes data, "read" where it only looks, "none" without
            any; "" where that is not known.
        judged: its reward needs a judge model.
        record: as results files have it.
    """

    domain: str
    id: str
    calls: int
    user_calls: int
    kind: str
    judged: bool
    record: dict[str, Any]

    @property
    def key(self) -> str:
        """The task's id in the evaluation."""
        return f"{self.domain}/{self.id}"


class Episode(NamedTuple):
    """One trial of a task.

    Attributes:
        seed: that the package gives its models.
    """

    task: TauTask
    trial: int
    seed: int


@dataclass(frozen=True)
class Score:
    """What the package says of an episode.

    Attributes:
        reason: of a failure, a short name; "" for a success.
        owner: who is to blame, where that is known.
        scores: parts of the reward, by name.
    """

    reward: float
    reason: str
    owner: FailureOwner | None
    scores: dict[str, float]


class Benchmark(Protocol):
    """One of the two packages: how its bridge is asked, and how what it gives is read."""

    @property
    def package(self) -> Package: ...

    @property
    def domains(self) -> tuple[str, ...]: ...

    def listing(self, domain: str) -> dict[str, Any]:
        """What `tasks` of the bridge is given."""
        ...

    def framing(self, domain: str, cast: Cast, trials: int) -> dict[str, Any] | None:
        """What `frame` of the bridge is given; None where results files have no frame."""
        ...

    def playing(self, episode: Episode, cast: Cast) -> dict[str, Any]:
        """What `play` of the bridge is given."""
        ...

    def sample(self, part: Part, episode: Episode, draw: int, trials: int) -> int:
        """Which sample of a model's answers an attempt takes; see `Request.sample`."""
        ...

    def score(self, played: dict[str, Any]) -> Score:
        """What the package says of an episode."""
        ...

    def unplayed(self, episode: Episode, why: str, now: str) -> dict[str, Any]:
        """What stands in a results file for an episode that the infrastructure failed."""
        ...

    def results(
        self, frame: dict[str, Any] | None, tasks: list[TauTask], played: list[dict[str, Any]]
    ) -> Any:
        """The contents of the package's results file."""
        ...


def is_successful(reward: float) -> bool:
    """Whether both packages count a reward as a success (`is_successful` of either)."""
    return 1 - 1e-6 <= reward <= 1 + 1e-6
