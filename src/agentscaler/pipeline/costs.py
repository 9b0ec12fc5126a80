"""What models have cost a run, and what its rollouts will cost, told from what they have cost."""

from typing import NamedTuple

from agentscaler.llm import CostLine, Role
from agentscaler.llm.call_store import Account
from agentscaler.pipeline.models import bill_of, identities, played_by_models
from agentscaler.pipeline.settings import Settings
from agentscaler.runfolder import RunFolder

__all__ = ["Estimate", "RoleEstimate", "costs_of", "estimate_rollout"]


class RoleEstimate(NamedTuple):
    """What the episodes that are left will take of one role's model; None where nothing is known.

    Attributes:
        calls, tokens, nano_usd: as the episodes so far, on average, took them.
    """

    role: Role
    model: str
    calls: int | None = None
    tokens: int | None = None
    nano_usd: int | None = None


class Estimate(NamedTuple):
    """Episodes that were played with these models, episodes that are left, and a line a role."""

    played: int
    left: int
    roles: tuple[RoleEstimate, ...]


def costs_of(folder: RunFolder) -> list[CostLine]:
    """The bill of a run, a line a stage, role and model."""
    return bill_of(folder.path)


def estimate_rollout(folder: RunFolder, settings: Settings) -> Estimate:
    """What the rollouts that the settings ask for will cost beyond what they have cost.

    It is a share of the bill: what the episodes so far cost on average, for each that is left.
    Episodes that were begun and not ended are on the bill and not among those that were played,
    so it rather tells too much.
    """
    tasks = folder.record("tasks")
    wanted = (tasks.counters.get("out", 0) if tasks else 0) * settings.rollout.trials
    if settings.rollout.limit is not None:
        wanted = min(wanted, settings.rollout.limit)
    played = _played(folder, settings)
    left = max(0, wanted - played)
    bill = {line.account: line for line in bill_of(folder.path)}
    lines = []
    for role in played_by_models(settings.rollout):
        model = settings.llm.endpoint(role).model
        line = bill.get(Account("rollout", role, model))
        if line is None or not played:
            lines.append(RoleEstimate(role, model))
            continue
        figures = (line.calls, line.tokens, line.nano_usd)
        lines.append(RoleEstimate(role, model, *(figure * left // played for figure in figures)))
    return Estimate(played, left, tuple(lines))


def _played(folder: RunFolder, settings: Settings) -> int:
    """Episodes that the run holds of the models that the settings name."""
    record = folder.record("rollout")
    if record is None:
        return 0
    known = record.fingerprint.settings.get("llm")
    same = known == identities(settings.rollout, settings.llm)
    return record.counters.get("in", 0) if same else 0
