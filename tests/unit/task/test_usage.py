"""What tasks have used, and what comes next."""

import random

from agentscaler.domain import Domain
from agentscaler.task import TaskSettings, construct_tasks
from agentscaler.task.usage import Usage


def test_tools_that_were_used_or_tried_least_come_first(box_office: Domain) -> None:
    usage = Usage(box_office)
    tools = list(box_office.manifest.tools)
    for tool in tools[1:]:
        usage.tools[tool.name] = 9
    assert usage.in_turn(tools, random.Random(0))[0] == tools[0]
    usage.failures[tools[0].name] = 40
    assert usage.in_turn(tools, random.Random(0))[-1] == tools[0]


def test_a_lookup_counts_less_than_an_aim(box_office: Domain) -> None:
    usage = Usage(box_office)
    tools = list(box_office.manifest.tools)
    for tool in tools:
        usage.tools[tool.name] = 5
    usage.tools["list_shows"], usage.lookups["list_shows"] = 0, 9
    assert usage.in_turn(tools, random.Random(0))[0].name == "list_shows"
    assert "list_shows" not in usage.unused()


def test_lengths_that_are_rare_are_aimed_at(box_office: Domain) -> None:
    usage = Usage(box_office)
    usage.lengths.update({0: 30, 1: 30, 2: 30, 3: 30})
    assert usage.length(20, random.Random(0)) >= 15
    assert usage.length(2, random.Random(0)) <= 2


def test_rows_are_counted_by_state(box_office: Domain) -> None:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=6))
    usage = Usage(box_office)
    for task in outcome.tasks:
        usage.note(task.state, task.gold)
    keys = {key for rows in usage.rows.values() for _, key in rows}
    named = {
        str(value) for task in outcome.tasks for c in task.gold for value in c.arguments.values()
    }
    assert keys
    assert keys <= named
    assert sum(usage.lengths.values()) == len(outcome.tasks)


def test_few_tasks_use_nearly_every_tool_and_many_lengths(box_office: Domain) -> None:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=12))
    used = {call.tool for task in outcome.tasks for call in task.gold}
    assert len(used) >= len(box_office.manifest.tools) - 1
    lengths = [len(task.gold) for task in outcome.tasks]
    assert min(lengths) <= 2
    assert max(lengths) >= 10


def test_rows_are_not_named_again_and_again(box_office: Domain) -> None:
    (outcome,) = construct_tasks([box_office], TaskSettings(per_domain=30))
    usage = Usage(box_office)
    for task in outcome.tasks:
        usage.note(task.state, task.gold)
    with box_office.world("small") as world:
        shows = {row["show_id"] for row in world.query("SELECT show_id FROM shows")}
    named = {key for table, key in usage.rows["small"] if table == "shows" and key in shows}
    assert len(named) > len(shows) / 2
