"""`try_out`: an agent plays tasks in worlds, and the funnel says of each episode what came of it.

The episodes are those of any rollout: the same loop, the scripted user of the run with its seed, so
that every agent meets the same users.  Success is what the funnel keeps: the final state is right,
the calls are, the user was told what was asked for, and the form holds.
"""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from agentscaler.domain import Domain
from agentscaler.experiment.learner import Player
from agentscaler.filtering import FunnelStage, Verdict, verdicts_of
from agentscaler.filtering.case import Case
from agentscaler.rollout import FailureOwner, RolloutSettings, Trajectory, roll_out
from agentscaler.task import Task

__all__ = ["Outcome", "try_out"]


class Outcome(BaseModel):
    """What came of one episode.

    Attributes:
        trial: which set of tasks it is of.
        kind: of the task: "read", "write", or what kind of wish it has that cannot be fulfilled.
        success: the funnel keeps it.
        state_right: it ended in gold's state, whatever else is wrong.  A task that only reads has
            this from an agent that does nothing.
        exact_calls: its calls that were not refused are gold's, each as often.
        stop, owner: why it ended, and who is to blame where it broke off.
        stage, reason: where the funnel turned it away; "passed".
        refused: tool calls that were refused.
        malformed: calls whose arguments could not be read.
        unknown_tools: calls of tools that the domain does not have.
    """

    model_config = ConfigDict(frozen=True)

    trial: str
    task: str
    domain: str
    kind: str
    success: bool
    state_right: bool
    exact_calls: bool
    stop: str
    owner: str
    stage: str
    reason: str
    turns: int
    calls: int
    gold_calls: int
    refused: int
    malformed: int
    unknown_tools: int


def try_out(
    work: Iterable[tuple[Domain, list[Task]]],
    player: Player,
    rollout: RolloutSettings,
    seed: int,
    trial: str,
) -> Iterator[list[tuple[Outcome, Trajectory]]]:
    """Plays the tasks of each domain once.

    Args:
        rollout: of the run: how users behave; who plays the agent is `player`'s.
        seed: of the run.

    Yields:
        the outcomes of one domain with their episodes, in the order of its tasks.
    """
    work = list(work)
    settings = rollout.model_copy(
        update={"trials": 1, "limit": None, "in_flight": player.in_flight, "user": "scripted"}
    )
    episodes = roll_out(work, settings, seed, agent=player.agent, at_end=player.at_end)
    for (domain, tasks), trajectories in zip(work, episodes, strict=True):
        yield list(_judge(domain, tasks, trajectories, trial))


def _judge(
    domain: Domain, tasks: Sequence[Task], trajectories: Sequence[Trajectory], trial: str
) -> Iterator[tuple[Outcome, Trajectory]]:
    by_id = {task.id: task for task in tasks}
    verdicts = verdicts_of(domain, tasks, trajectories)
    for one, verdict in zip(trajectories, verdicts, strict=True):
        yield _outcome(Case(domain, by_id[one.task], one), verdict, trial), one


def _outcome(case: Case, verdict: Verdict | None, trial: str) -> Outcome:
    task, played = case.task, case.trajectory
    calls = [call for message in played.messages for call in message.tool_calls]
    return Outcome(
        trial=trial,
        task=task.id,
        domain=task.domain,
        kind=str(task.special) if task.special else task.kind,
        success=verdict is not None and verdict.kept,
        state_right=played.state_hash == task.state_hash,
        exact_calls=case.has_exact_calls,
        stop=str(played.stop),
        owner=str(played.failure_owner or ""),
        stage=str(verdict.stage) if verdict is not None else str(FunnelStage.VALIDITY),
        reason=str(verdict.reason) if verdict is not None else _broke_off(played),
        turns=sum(message.role == "assistant" for message in played.messages),
        calls=len(calls),
        gold_calls=len(task.gold),
        refused=played.tool_errors,
        malformed=sum(bool(call.malformed) for call in calls),
        unknown_tools=sum(call.name not in case.domain.manifest.tool for call in calls),
    )


def _broke_off(played: Trajectory) -> str:
    """Why an episode that the funnel never saw ended."""
    blamed = played.failure_owner or FailureOwner.AGENT
    return f"{played.stop} ({blamed})"
