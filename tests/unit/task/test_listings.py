"""Wishes for lists: the first few by some measure, and those within a bound."""

from typing import Any

import pytest

from agentscaler.domain import Domain
from agentscaler.task import Task, TaskSettings, construct_tasks


@pytest.fixture(scope="module")
def tasks(box_office: Domain) -> list[Task]:
    settings = TaskSettings(per_domain=150, attempts=6, special_share=0)
    return [task for outcome in construct_tasks([box_office], settings) for task in outcome.tasks]


def asking(tasks: list[Task], parameter: str) -> list[tuple[Task, dict[str, Any], Any]]:
    """Tasks with a list that was given `parameter`, with its arguments and result."""
    return [
        (task, call.arguments, call.result)
        for task in tasks
        for call in task.gold
        if parameter in call.arguments
    ]


def test_the_first_few_are_asked_for_in_words_and_told_by_name(tasks: list[Task]) -> None:
    found = asking(tasks, "sort_by")
    assert found
    for task, arguments, result in found:
        ((what, rows),) = result.items()
        assert f"which {arguments['limit']} {what} have the" in task.intent
        names = [row["title" if what == "shows" else "name"] for row in rows]
        told = {answer.value for goal in task.goals for answer in goal.answers}
        assert len(names) == arguments["limit"]
        assert set(names) <= told


def test_the_order_asked_for_has_no_ties(tasks: list[Task]) -> None:
    for _, arguments, result in asking(tasks, "sort_by"):
        (rows,) = result.values()
        values = [row[arguments["sort_by"]] for row in rows]
        assert None not in values
        assert len(set(values)) == len(values)


def test_the_words_say_which_end_comes_first(tasks: list[Task]) -> None:
    for task, arguments, _ in asking(tasks, "sort_by"):
        down = arguments.get("descending", False)
        greatest = "the latest" in task.intent or "the highest" in task.intent
        assert greatest or not down


def test_a_bound_is_said_with_its_value(tasks: list[Task]) -> None:
    found = [*asking(tasks, "max_ticket_price"), *asking(tasks, "min_ticket_price")]
    assert found
    for task, arguments, _ in found:
        word = "at most" if "max_ticket_price" in arguments else "at least"
        assert f"whose ticket price is {word}" in task.intent
