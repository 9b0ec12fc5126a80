"""What models have cost a run, and what a stage will cost, told from what they have cost."""

from typing import NamedTuple

from agentscaler.corpus import load_corpus
from agentscaler.errors import SettingsError
from agentscaler.llm import CostLine, Role
from agentscaler.llm.call_store import Account
from agentscaler.pipeline.models import asked_by, bill_of, identities
from agentscaler.pipeline.settings import Settings
from agentscaler.pipeline.stages import stage_named
from agentscaler.runfolder import RunFolder

__all__ = ["UNITS", "Estimate", "RoleEstimate", "costs_of", "estimate"]

UNITS = {
    "pool": "tools",
    "domains": "domains",
    "tasks": "domains with tasks",
    "rollout": "episodes",
}
"""What is counted to tell how much of a stage that may ask models is done."""


class RoleEstimate(NamedTuple):
    """What the units that are left will take of one role's model; None where nothing is known.

    Attributes:
        calls, tokens, nano_usd: as the units so far, on average, took them.
    """

    role: Role
    model: str
    calls: int | None = None
    tokens: int | None = None
    nano_usd: int | None = None


class Estimate(NamedTuple):
    """Units that were done with these models, units that are left, and a line a role.

    Attributes:
        units: what they are, as a plural noun.
    """

    units: str
    done: int
    left: int
    roles: tuple[RoleEstimate, ...]


def costs_of(folder: RunFolder) -> list[CostLine]:
    """The bill of a run, a line a stage, role and model."""
    return bill_of(folder.path)


def estimate(folder: RunFolder, stage: str, settings: Settings) -> Estimate:
    """What a stage with these settings will cost beyond what it has cost.

    It is a share of the bill: what the units so far cost on average, for each that is left.  Units
    that were begun and not ended are on the bill and not among those that are done, so it rather
    tells too much.

    Raises:
        SettingsError: the stage asks no models, whatever the settings.
    """
    if stage not in UNITS:
        raise SettingsError(
            f"The stage {stage} asks no language model.", f"Those that may are {', '.join(UNITS)}."
        )
    section = getattr(settings, stage_named(stage).section)
    done = _done(folder, stage, settings)
    left = max(0, _wanted(folder, stage, settings) - done)
    bill = {line.account: line for line in bill_of(folder.path)}
    lines = []
    for role in asked_by(section):
        model = settings.llm.endpoint(role).model
        line = bill.get(Account(stage, role, model))
        if line is None or not done:
            lines.append(RoleEstimate(role, model))
            continue
        figures = (line.calls, line.tokens, line.nano_usd)
        lines.append(RoleEstimate(role, model, *(figure * left // done for figure in figures)))
    return Estimate(UNITS[stage], done, left, tuple(lines))


def _done(folder: RunFolder, stage: str, settings: Settings) -> int:
    """Units that the run holds of the models that the settings name."""
    record = folder.record(stage)
    if record is None:
        return 0
    section = getattr(settings, stage_named(stage).section)
    same = record.fingerprint.settings.get("llm", {}) == identities(section, settings.llm)
    counter = "in" if stage in {"rollout", "tasks"} else "out"
    return record.counters.get(counter, 0) if same else 0


def _wanted(folder: RunFolder, stage: str, settings: Settings) -> int:
    """Units that the settings ask for, as far as the run can tell."""

    def out(name: str) -> int:
        record = folder.record(name)
        return record.counters.get("out", 0) if record else 0

    match stage:
        case "pool":
            return len(load_corpus(settings.sources, settings.pool, settings.seed).tools)
        case "domains":
            wanted, limit = _domains_to_come(folder), settings.domain.limit
        case "tasks":
            wanted, limit = out("domains"), settings.task.limit
        case _:
            wanted, limit = out("tasks") * settings.rollout.trials, settings.rollout.limit
    return wanted if limit is None else min(wanted, limit)


def _domains_to_come(folder: RunFolder) -> int:
    """Domains that all communities may give: their share so far, or else each of them."""
    graph, domains = folder.record("graph"), folder.record("domains")
    communities = graph.counters.get("out", 0) if graph else 0
    taken = domains.counters.get("in", 0) if domains else 0
    if domains is None or not taken:
        return communities
    return round(communities * domains.counters.get("out", 0) / taken)
