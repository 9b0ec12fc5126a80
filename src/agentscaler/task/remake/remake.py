"""`remake_tasks`: parts of proven tasks made anew by a language model.

In: a domain and its tasks as the rules made them.  Out: the same tasks in the same order, some of
them with other values or in other words, each as proven as before, and a record of who made what.
"""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from agentscaler.domain.domain import Domain
from agentscaler.ledger import Rejection
from agentscaler.llm import DraftReason, MakerRecord, PartMaker, Prompt
from agentscaler.task.proof import Prover
from agentscaler.task.remake.arguments import ARGUMENTS_PROMPT, choose_arguments
from agentscaler.task.remake.intent import INTENT_PROMPT, write_intents
from agentscaler.task.settings import TaskSettings
from agentscaler.task.task import Task

__all__ = ["TASK_PROMPTS", "Remade", "remake_tasks"]

TASK_PROMPTS: dict[str, Prompt] = {"arguments": ARGUMENTS_PROMPT, "intent": INTENT_PROMPT}
"""What a model is told that makes a part of tasks."""


@dataclass(frozen=True)
class Remade:
    """The tasks of one domain, made anew.

    Attributes:
        tasks: as many as there were, in their order.
        rejections: tasks that were lost; a draft stays wherever a model fails, so there are none.
        records: who made what, one a task and part that was asked for.
    """

    tasks: list[Task]
    rejections: list[Rejection] = field(default_factory=list)
    records: list[MakerRecord] = field(default_factory=list)


async def remake_tasks(
    domain: Domain,
    tasks: Sequence[Task],
    maker: PartMaker,
    settings: TaskSettings,
    seed: int = 0,
) -> Remade:
    """Makes the wanted parts of a domain's tasks anew.

    Args:
        tasks: all of the domain, in the order in which they were made.
        settings: say which parts.
        seed: not used; nothing here is drawn.

    Raises:
        AgentScalerError: see `PartMaker.make`.
    """
    made, records = list(tasks), list[MakerRecord]()
    if "arguments" in settings.wanted_parts:
        chosen, found = await choose_arguments(domain, made, maker)
        made, records = await asyncio.to_thread(_proven_together, domain, tasks, chosen, found)
    if "intent" in settings.wanted_parts:
        made, found = await write_intents(domain, made, maker)
        records += found
    return Remade(made, [], records)


def _proven_together(
    domain: Domain, drafts: Sequence[Task], chosen: list[Task], records: list[MakerRecord]
) -> tuple[list[Task], list[MakerRecord]]:
    """The tasks with proofs that know the others as they are now.

    What an earlier task does is a mutant of a later one.  Where a proof no longer holds, all tasks
    in that state are what they were.
    """
    changed = {task.state for task, draft in zip(chosen, drafts, strict=True) if task != draft}
    made: list[Task] = []
    undone: dict[str, str] = {}
    with closing(Prover(domain)) as prover:
        for task in chosen:
            if task.state in changed and task.state not in undone:
                proof = prover.prove(task.state, task.gold, task.goals, task.state_hash, made)
                task = task.model_copy(update={"proof": proof})
                if not proof.holds:
                    undone[task.state] = task.id
            made.append(task)
    pairs = zip(made, drafts, strict=True)
    tasks = [draft if task.state in undone else task for task, draft in pairs]
    states = {task.id: task.state for task in drafts}
    return tasks, [
        record.model_copy(
            update={
                "maker": "rules",
                "reason": DraftReason.UNSOUND,
                "detail": f"beside it, {undone[states[record.subject]]} cannot be proven",
            }
        )
        if record.maker == "model" and states[record.subject] in undone
        else record
        for record in records
    ]
