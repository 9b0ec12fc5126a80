"""Requests in words."""

from agentscaler.rollout.requests import (
    find_request,
    goal_facts,
    other_value,
    said_facts,
    withholdable_facts,
)
from agentscaler.rollout.wording import fold
from agentscaler.task.request import request_text
from agentscaler.task.task import Fact, Fragment, Goal, Task

Tasks = dict[str, Task]


def test_a_fragment_is_vague_when_one_of_its_facts_is_kept_back(library_tasks: Tasks) -> None:
    task = library_tasks["create"]
    assert request_text(task.goals[0].request, {"book", "member", "due"}) == (
        "lend the book Roads of Rome to Ana Ruiz until 2 April 2026"
    )
    assert request_text(task.goals[0].request, {"book"}) == (
        "lend the book Roads of Rome to a member"
    )
    assert said_facts(task.goals[0], {"book"}) == {"book"}


def test_goal_facts_are_those_of_the_request_and_of_the_calls(library_tasks: Tasks) -> None:
    task = library_tasks["two goals"]
    assert goal_facts(task, task.goals[0]) == ("borrower",)
    assert goal_facts(task, task.goals[1]) == ("book", "shelf")


def test_a_fact_without_a_vague_form_is_kept_back_only_if_a_call_demands_it(
    library_tasks: Tasks,
) -> None:
    task = library_tasks["create"]
    assert withholdable_facts(task, task.goals[0], {}) == ("member", "book")
    assert withholdable_facts(task, task.goals[0], {"create_loan": {"due_date"}}) == (
        "member",
        "book",
        "due",
    )


def _goal(*pieces: Fragment) -> Goal:
    return Goal(calls=(), request=pieces, report="")


def test_a_request_is_found_in_either_form_of_its_pieces() -> None:
    goal = _goal(Fragment(text="stop"), Fragment(text="the app Ro", facts=("a",), vague="an app"))
    heard = fold("Please stop the app Ro. Then stop an app, please.")
    first = find_request(goal, heard, 0)
    assert heard[:first].endswith("stop the app ro")
    second = find_request(goal, heard, first)
    assert heard[:second].endswith("stop an app")
    assert find_request(goal, heard, second) == -1


def test_a_verb_alone_does_not_make_a_request() -> None:
    goal = _goal(Fragment(text="stop"), Fragment(text="the app Ro", facts=("a",), vague="an app"))
    assert find_request(goal, fold("create a note that says stop the appliances"), 0) == -1


def test_a_piece_without_a_vague_form_may_be_absent() -> None:
    goal = _goal(Fragment(text="create an app"), Fragment(text="with 3 seats", facts=("n",)))
    assert find_request(goal, fold("I'd like to create an app."), 0) != -1


def test_a_request_is_found_in_other_words() -> None:
    pieces = Fragment(text="tell me the size of"), Fragment(text="the app Ro", facts=("a",))
    for said in ("What is the size of the app Ro?", "I'd like to know the size of the app Ro."):
        heard = fold(said)
        assert heard[: find_request(_goal(*pieces), heard, 0)].endswith("the app ro")


def test_of_two_requests_that_begin_alike_the_first_is_found() -> None:
    heard = fold("Could you set up an app? While you're at it, create an app audit.")
    end = find_request(_goal(Fragment(text="create an app")), heard, 0)
    assert heard[:end].endswith("set up an app")


def test_a_request_with_another_value_is_noticed() -> None:
    fact = Fact(name="n", value=4, said="4", label="the number of seats")
    goal = _goal(
        Fragment(text="create an app"),
        Fragment(text="with 4 seats", facts=("n",), vague="with some seats"),
    )
    assert other_value(goal, fact, fold("Please create an app with 3 seats.")) == "3"
    assert other_value(goal, fact, fold("Please create an app with 4 seats.")) is None
    assert other_value(goal, fact, fold("Please create an app with some seats.")) is None
    assert other_value(goal, fact, fold("Please create an app.")) is None


def test_facts_that_are_called_alike_are_never_kept_back(library_tasks: Tasks) -> None:
    task = library_tasks["create"]
    alike = task.facts[1].model_copy(update={"label": task.facts[0].label})
    changed = task.model_copy(update={"facts": (task.facts[0], alike, task.facts[2])})
    assert withholdable_facts(changed, changed.goals[0], {}) == ()
