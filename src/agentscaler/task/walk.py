"""Walks over a domain's tools: a start, then wishes that follow from what went before.

A step goes along an edge of the tool graph (what one call gives, the next one takes), stays with
the row that the last wish was about, or comes back to one before it; now and then a person asks for
something else altogether.  Tools, tables and rows that were used least are preferred, so that none
of a domain stays unused, and a walk goes on until it is as long as tasks are rare.
"""

import random
from collections.abc import Sequence

from agentscaler.domain.addresses import with_whole_keys
from agentscaler.domain.domain import Domain, DomainTool, ToolKind
from agentscaler.domain.values import ValueMaker
from agentscaler.task.goals import GoalMaker
from agentscaler.task.notebook import Focus, Notebook, WalkStop
from agentscaler.task.reasons import TaskReason
from agentscaler.task.task import Goal
from agentscaler.task.usage import Usage

__all__ = ["walk"]

_STARTS = 8
_WISHES = (1, 1, 2, 2, 3)
"""Wishes that a task has at least, one of these."""
_READS_AT_START = 0.45
_APART = 0.2
_BACK = 0.25
_REMOVALS = frozenset({ToolKind.DELETE, ToolKind.BATCH_DELETE})


def walk(domain: Domain, notebook: Notebook, seed: str, max_goals: int, usage: Usage) -> list[Goal]:
    """The wishes of one walk, executed in the notebook's world.

    Args:
        seed: any text; the same text walks the same way.
        usage: what the tasks before this one used; takes down what could not be grounded.

    Raises:
        WalkStop: no tool could be grounded, or a step failed after it had made calls.
    """
    domain = with_whole_keys(domain)
    rng = random.Random(seed)
    values = ValueMaker(f"{seed}/values", domain.manifest.now, domain.manifest.values)
    maker = GoalMaker(domain, notebook, rng, values)
    wanted = usage.length(notebook.max_calls, rng)
    least = min(rng.choice(_WISHES), max_goals, wanted)
    goals: list[Goal] = []
    aims: list[DomainTool] = []
    focuses: list[Focus] = []
    while len(goals) < least or (len(goals) < max_goals and len(notebook.calls) < wanted):
        focus = _focus(notebook, focuses, rng)
        tools = _next_tools(domain, aims, focus, rng, usage)
        step = _step(maker, notebook, tools, focus, usage)
        if step is None and focus is not None:
            tools = _next_tools(domain, aims, None, rng, usage)
            step = _step(maker, notebook, tools, None, usage)
        if step is None:
            break
        goal, about, tool = step
        goals.append(goal)
        aims.append(tool)
        if about is not None:
            focuses = [*(one for one in focuses if one != about), about]
    if not goals:
        raise WalkStop(TaskReason.NO_START, "no tool could be grounded")
    return goals


def _focus(notebook: Notebook, focuses: Sequence[Focus], rng: random.Random) -> Focus | None:
    """The row that the next wish is about or next to: mostly the last one, if it is still there."""
    alive = [
        one for one in focuses if "deleted" not in notebook.touched.get((one.table, one.key), set())
    ]
    if not alive or rng.random() < _APART:
        return None
    return rng.choice(alive) if rng.random() < _BACK else alive[-1]


def _step(
    maker: GoalMaker,
    notebook: Notebook,
    tools: Sequence[DomainTool],
    focus: Focus | None,
    usage: Usage,
) -> tuple[Goal, Focus | None, DomainTool] | None:
    """The first of `tools` that can be grounded; what a failed try did is not kept."""
    for tool in tools[:_STARTS]:
        mark = notebook.mark()
        try:
            goal, about = maker.make(tool, focus)
        except WalkStop:
            notebook.return_to(mark)
            if focus is None:
                usage.failures[tool.name] += 1
            continue
        return goal, about, tool
    return None


def _next_tools(
    domain: Domain,
    aims: Sequence[DomainTool],
    focus: Focus | None,
    rng: random.Random,
    usage: Usage,
) -> list[DomainTool]:
    """Tools to try, in order."""
    manifest = domain.manifest
    tools = list(manifest.tools)
    if not aims:
        unused = usage.unused()
        fresh = [tool for tool in tools if tool.name in unused]
        rest = [tool for tool in tools if tool.name not in unused]
        if rng.random() > _READS_AT_START:
            rest = [tool for tool in rest if tool.effect == "write"]
        return [*usage.in_turn(fresh, rng)[: _STARTS // 2], *usage.in_turn(rest, rng)]
    names = {tool.name for tool in aims}
    follows = {edge.consumer for edge in manifest.edges if edge.producer in names}
    tools = [
        tool
        for tool in tools
        if tool.name not in names
        and (focus is None or tool.name in follows or _about(tool, focus))
        and not (tool.kind in _REMOVALS and aims[-1].kind in _REMOVALS)
    ]
    return usage.in_turn(tools, rng)


def _about(tool: DomainTool, focus: Focus) -> bool:
    return any(
        role.table == focus.table and role.kind in {"key", "reference"}
        for role in tool.arguments.values()
    )
