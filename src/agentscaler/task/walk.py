"""Walks over a domain's tools: a start, then wishes that follow from what went before.

A step goes along an edge of the tool graph (what one call gives, the next one takes) or stays with
the row that the last wish was about; now and then a person asks for something else altogether.
Tools that were used least are preferred, so that none of a domain stays unused.
"""

import random
from collections import Counter

from agentscaler.domain.addresses import with_whole_keys
from agentscaler.domain.batches import BATCHES
from agentscaler.domain.domain import Domain, DomainTool, ToolKind
from agentscaler.domain.values import ValueMaker
from agentscaler.task.goals import GoalMaker
from agentscaler.task.notebook import Focus, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.task import Goal

__all__ = ["walk"]

_STARTS = 8
_READS_AT_START = 0.45
_APART = 0.2
_GOAL_WEIGHTS = (3, 4, 3, 1, 1, 1)


def walk(
    domain: Domain,
    notebook: Notebook,
    seed: str,
    max_goals: int,
    used: Counter[str],
) -> list[Goal]:
    """The wishes of one walk, executed in the notebook's world.

    Args:
        seed: any text; the same text walks the same way.
        used: how often each tool was the aim of a wish before; not changed here.

    Raises:
        WalkStop: no tool could be grounded, or a step failed after it had made calls.
    """
    domain = with_whole_keys(domain)
    rng = random.Random(seed)
    values = ValueMaker(f"{seed}/values", domain.manifest.now)
    maker = GoalMaker(domain, notebook, rng, values)
    wanted = rng.choices(range(1, max_goals + 1), _GOAL_WEIGHTS[:max_goals])[0]
    goals: list[Goal] = []
    aims: list[DomainTool] = []
    focus: Focus | None = None
    while len(goals) < wanted:
        if rng.random() < _APART:
            focus = None
        tools = _next_tools(domain, aims, focus, rng, used)
        step = _step(maker, notebook, tools, focus)
        if step is None:
            break
        goal, focus, tool = step
        goals.append(goal)
        aims.append(tool)
    if not goals:
        raise WalkStop(TaskReason.NO_START, "no tool could be grounded")
    return goals


def _step(
    maker: GoalMaker, notebook: Notebook, tools: list[DomainTool], focus: Focus | None
) -> tuple[Goal, Focus | None, DomainTool] | None:
    """The first of `tools` that can be grounded; what a failed try did is not kept."""
    for tool in tools[:_STARTS]:
        mark = notebook.mark()
        try:
            goal, about = maker.make(tool, focus)
        except WalkStop:
            notebook.return_to(mark)
            continue
        return goal, about or focus, tool
    return None


def _next_tools(
    domain: Domain,
    aims: list[DomainTool],
    focus: Focus | None,
    rng: random.Random,
    used: Counter[str],
) -> list[DomainTool]:
    """Tools to try, in order."""
    manifest = domain.manifest
    done = {tool.name for tool in aims}
    if not aims:
        tools = list(manifest.tools)
        if rng.random() > _READS_AT_START:
            tools = [tool for tool in tools if tool.effect == "write"]
    else:
        names = {tool.name for tool in aims}
        follows = {edge.consumer for edge in manifest.edges if edge.producer in names}
        tools = [
            tool
            for tool in manifest.tools
            if tool.name not in done
            and (focus is None or tool.name in follows or _about(tool, focus))
            and not (tool.kind is ToolKind.DELETE and aims[-1].kind is ToolKind.DELETE)
        ]
    tools = [tool for tool in tools if tool.kind not in BATCHES]  # nobody asks in keys
    return sorted(tools, key=lambda tool: (used[tool.name] + rng.random() * 2, tool.name))


def _about(tool: DomainTool, focus: Focus) -> bool:
    return any(
        role.table == focus.table and role.kind in {"key", "reference"}
        for role in tool.arguments.values()
    )
