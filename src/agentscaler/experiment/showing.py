"""Which tools of a domain an agent is shown: those that its task needs, and some others.

A small model cannot read twenty tools.  What is shown is drawn by the task's id, so that a dialogue
that is learned from and an episode of the same task show the same.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agentscaler.domain import Domain
from agentscaler.rollout import Agent, AgentMaker
from agentscaler.task import Task

__all__ = ["ShowingMaker", "shown_tools"]


def shown_tools(
    tools: Sequence[str], needed: Iterable[str], most: int | None, seed: str
) -> set[str]:
    """Up to `most` of some tools, and all that are needed, however many."""
    kept = set(needed)
    if most is None:
        return kept | set(tools)
    others = [name for name in tools if name not in kept]
    room = max(0, min(len(others), most - len(kept)))
    return kept | set(random.Random(f"{seed}/shown").sample(others, room))


@dataclass(frozen=True)
class ShowingMaker:
    """Makes agents that see at most so many tools of their domain."""

    agent: AgentMaker
    most: int | None

    def __call__(self, domain: Domain, task: Task, seed: str) -> Agent:
        tools = domain.manifest.tools
        needed = {call.tool for call in task.gold}
        shown = shown_tools([tool.name for tool in tools], needed, self.most, task.id)
        manifest = domain.manifest.model_copy(
            update={"tools": tuple(tool for tool in tools if tool.name in shown)}
        )
        return self.agent(replace(domain, manifest=manifest), task, seed)
