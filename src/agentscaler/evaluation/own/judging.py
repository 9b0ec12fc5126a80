"""What came of an episode in our own worlds: success is what the funnel keeps.

The final state is right, the calls are where only they tell right from wrong, the user was told
what was asked for and asked where the policy says so, and the form holds.
"""

from collections.abc import Iterator, Mapping, Sequence

from agentscaler.domain import Domain
from agentscaler.evaluation.own.settings import OwnSettings
from agentscaler.evaluation.trial import TrialResult, TrialState
from agentscaler.filtering import FunnelReason, Verdict, verdicts_of
from agentscaler.filtering.case import Case
from agentscaler.llm import Usage
from agentscaler.rollout import FailureOwner, Trajectory
from agentscaler.task import Task

__all__ = ["kind_of", "results_of"]

_OF_THE_WORLD = frozenset(
    {FunnelReason.WORLD_FAILED, FunnelReason.RESULT_DIFFERS, FunnelReason.STATE_DIFFERS}
)
"""Verdicts that no agent is to blame for: the world did not do what it did when it was played."""


def kind_of(task: Task) -> str:
    """ "read", "write", or why a wish of the task cannot be fulfilled."""
    return str(task.special) if task.special else task.kind


def results_of(
    domain: Domain,
    tasks: Sequence[Task],
    trajectories: Sequence[Trajectory],
    settings: OwnSettings,
    family: str,
    usage: Mapping[str, Usage],
) -> Iterator[TrialResult]:
    """Judges the episodes of a domain, in their order.

    Args:
        family: of the domain.
        usage: of the agent, by the episode's id, where it is known.
    """
    by_id = {task.id: task for task in tasks}
    verdicts = verdicts_of(domain, tasks, trajectories, settings.funnel)
    for played, verdict in zip(trajectories, verdicts, strict=True):
        case = Case(domain, by_id[played.task], played)
        yield _result(case, verdict, settings, family, usage.get(played.id))


def _result(
    case: Case, verdict: Verdict | None, settings: OwnSettings, family: str, usage: Usage | None
) -> TrialResult:
    task, played = case.task, case.trajectory
    infrastructure = played.failure_owner is FailureOwner.INFRASTRUCTURE
    success = verdict is not None and verdict.kept
    return TrialResult(
        task=task.id,
        trial=played.trial,
        group=task.domain,
        cluster=family,
        kind=kind_of(task),
        band=settings.band(len(task.gold)),
        calls=len(task.gold),
        state=TrialState.INFRASTRUCTURE if infrastructure else TrialState.DONE,
        reward=float(success),
        success=success,
        owner=None if success else _owner(played, verdict),
        reason="" if success else _reason(played, verdict),
        detail="" if success else (verdict.detail if verdict is not None else played.failure),
        scores={} if infrastructure else _scores(case),
        turns=sum(message.role == "assistant" for message in played.messages),
        made_calls=sum(len(message.tool_calls) for message in played.messages),
        prompt_tokens=usage.prompt_tokens if usage is not None else None,
        completion_tokens=usage.completion_tokens if usage is not None else None,
    )


def _scores(case: Case) -> dict[str, float]:
    """Parts of success, which show how near a failure was.  A task that only reads has its state
    from an agent that does nothing, so it has no say in that."""
    scores = {"exact calls": float(case.has_exact_calls)}
    if case.task.kind == "write":
        scores["final state right, of writes"] = float(
            case.trajectory.state_hash == case.task.state_hash
        )
    return scores


def _owner(played: Trajectory, verdict: Verdict | None) -> FailureOwner:
    if verdict is None:
        return played.failure_owner or FailureOwner.AGENT
    return FailureOwner.ENVIRONMENT if verdict.reason in _OF_THE_WORLD else FailureOwner.AGENT


def _reason(played: Trajectory, verdict: Verdict | None) -> str:
    return str(verdict.reason) if verdict is not None else str(played.stop)
