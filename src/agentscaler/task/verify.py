"""`check_tasks`: the tasks of a domain proven anew from what is stored of them.

In: a domain and its tasks in the order in which they were made, both as read from disk.  Out: what
was found against each, and the figures of the proofs that were run.  Nothing that a task says of
itself is believed: its proof is run again, and the rest is held against the domain.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from agentscaler.domain.domain import Domain
from agentscaler.errors import AgentScalerError
from agentscaler.task.proof import Prover
from agentscaler.task.request import intent_text
from agentscaler.task.task import GoldCall, Proof, Provenance, Task

__all__ = ["Finding", "Flaw", "TaskChecks", "check_tasks"]


class Flaw(StrEnum):
    """What can be found against a stored task."""

    NO_DOMAIN = "no_domain"
    """Its domain cannot be read or run."""
    UNKNOWN = "unknown"
    """It names a state, a tool or an argument that its domain does not have."""
    NO_PROOF = "no_proof"
    """Run again, the proof does not hold."""
    OTHER_PROOF = "other_proof"
    """Run again, the proof holds with other figures than the task has on record.  Not looked for
    once something was found against an earlier task of the domain, whose writes are among the
    mutants of this one."""
    OTHER_CHANGES = "other_changes"
    """Gold changes something else than the task has on record."""
    NO_SOURCE = "no_source"
    """An argument's value is not where its provenance says."""
    OTHER_WORDS = "other_words"
    """The request is not what its goals say, or tells a fact that the user does not know."""
    TWO_OF_ONE_ID = "two_of_one_id"
    """An earlier task of the domain has the same id."""


@dataclass(frozen=True)
class Finding:
    """Something found against one task; `detail` is for a person."""

    task: str
    flaw: Flaw
    detail: str


@dataclass
class TaskChecks:
    """What came of checking the tasks of one domain, or of many.

    Attributes:
        figures: sums over the proofs that were run, by field of `Proof`.
    """

    tasks: int = 0
    holding: int = 0
    figures: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: "TaskChecks") -> None:
        self.tasks += other.tasks
        self.holding += other.holding
        self.findings += other.findings
        for name, figure in other.figures.items():
            self.figures[name] = self.figures.get(name, 0) + figure

    def count(self, proof: Proof) -> None:
        for name, figure in proof.model_dump().items():
            self.figures[name] = self.figures.get(name, 0) + int(figure)


def check_tasks(domain: Domain, tasks: Sequence[Task]) -> TaskChecks:
    """Proves tasks of a domain again.

    Args:
        tasks: all of the domain, in order.
    """
    checks = TaskChecks(tasks=len(tasks))
    with closing(Prover(domain)) as prover:
        for number, task in enumerate(tasks):
            found: list[Finding] = []
            if any(task.id == other.id for other in tasks[:number]):
                found.append(Finding(task.id, Flaw.TWO_OF_ONE_ID, ""))
            try:
                found += _findings(prover, task, tasks[:number], checks)
            except AgentScalerError as error:
                found.append(Finding(task.id, Flaw.NO_DOMAIN, str(error)))
            checks.holding += not found
            checks.findings += found
    return checks


def _findings(
    prover: Prover, task: Task, earlier: Sequence[Task], checks: TaskChecks
) -> Iterator[Finding]:
    domain = prover.domain
    unknown = _unknown(domain, task)
    if unknown:
        yield Finding(task.id, Flaw.UNKNOWN, unknown)
        return
    facts = {fact.name: fact.value for fact in task.facts}
    told = {name for goal in task.goals for piece in goal.request for name in piece.facts}
    if task.intent != intent_text(task.goals) or not told <= facts.keys():
        yield Finding(task.id, Flaw.OTHER_WORDS, task.intent)
    lost = [
        f"{name} of gold call {index}, {call.tool}"
        for index, call in enumerate(task.gold)
        for name, origin in sorted(call.provenance.items())
        if not _stands(task.gold[:index], facts, call.arguments[name], origin)
    ]
    if lost:
        yield Finding(task.id, Flaw.NO_SOURCE, ", ".join(lost))
    played = prover.target(task.state, task.gold).played
    if lost:
        return
    if played.broke or played.state_hash != task.state_hash:
        yield Finding(task.id, Flaw.NO_PROOF, "gold does not come to the state on record")
        return
    if played.changes != task.changeset:
        yield Finding(task.id, Flaw.OTHER_CHANGES, "gold's changes are not the changeset")
    proof = prover.prove(task.state, task.gold, task.goals, task.state_hash, earlier)
    checks.count(proof)
    if not proof.holds:
        yield Finding(task.id, Flaw.NO_PROOF, _shortcomings(proof))
    elif proof != task.proof and not checks.findings:
        yield Finding(task.id, Flaw.OTHER_PROOF, _differences(task.proof, proof))


def _unknown(domain: Domain, task: Task) -> str:
    """The first thing that a task names and its domain does not have; empty if there is none."""
    if task.domain != domain.id:
        return f"domain {task.domain}"
    if task.state not in domain.states:
        return f"state {task.state}"
    for call in task.gold:
        tool = domain.manifest.tool.get(call.tool)
        if tool is None:
            return f"tool {call.tool}"
        if tool.effect != call.effect:
            return f"{call.tool} that {call.effect}s"
        for name in {*call.arguments, *call.provenance}:
            if name not in tool.arguments or name not in call.arguments:
                return f"argument {name} of {call.tool}"
    for goal in task.goals:
        if any(not 0 <= index < len(task.gold) for index in goal.calls):
            return f"gold call {max(goal.calls)}"
    return ""


def _stands(
    before: Sequence[GoldCall], facts: dict[str, Any], value: Any, origin: Provenance
) -> bool:
    """Whether a value is where its origin says."""
    if origin.origin == "items":
        if not isinstance(value, list) or len(value) != len(origin.items):
            return False
        pairs = zip(value, origin.items, strict=True)
        return all(_stands(before, facts, one, item) for one, item in pairs)
    if origin.origin == "user":
        return origin.fact in facts and facts[origin.fact] == value
    if origin.origin != "tool":
        return True
    if origin.call is None or not 0 <= origin.call < len(before):
        return False
    found: Any = before[origin.call].result
    try:
        for step in origin.path:
            found = found[step]
    except (KeyError, IndexError, TypeError):
        return False
    return bool(found == value)


def _shortcomings(proof: Proof) -> str:
    flags = ("gold_passes", "replays_elsewhere", "nothing_fails", "answers_tell")
    said = [f"not {flag}" for flag in flags if not getattr(proof, flag)]
    counts = (
        ("dropped writes told apart", proof.dropped_writes_fail, proof.writes),
        ("mutants told apart", proof.mutants_fail + proof.mutants_idle, proof.mutants),
        ("variants that pass", proof.variants_pass, proof.variants),
    )
    said += [f"{what}: {some} of {all_}" for what, some, all_ in counts if some < all_]
    return "; ".join(said)


def _differences(stored: Proof, proof: Proof) -> str:
    old, new = stored.model_dump(), proof.model_dump()
    return "; ".join(
        f"{name} {old[name]}, is {new[name]}" for name in new if old[name] != new[name]
    )
