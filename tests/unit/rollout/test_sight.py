"""What an honest agent can see."""

import pytest

from agentscaler.rollout.sight import InvisibleValueError, Sight
from agentscaler.task.task import Branch, Fact, Fragment, Goal, Provenance, Task

Tasks = dict[str, Task]


def test_a_fact_is_missing_until_the_user_tells_it(library_tasks: Tasks) -> None:
    task = library_tasks["create"]
    sight = Sight(task)
    sight.hear("Lend roads of ROME to Ana Ruiz, please.", [])
    assert [fact.name for fact in sight.missing_facts(task.goals)] == ["due"]
    sight.hear("By 2026-04-02.", [])
    assert sight.missing_facts(task.goals) == []


def test_words_of_others_do_not_tell_a_fact(library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    sight = Sight(task)
    sight.see("Ana Ruiz")
    assert len(sight.missing_facts(task.goals)) == 1


def test_an_untold_fact_may_not_be_used(library_tasks: Tasks) -> None:
    sight = Sight(library_tasks["delete"])
    with pytest.raises(InvisibleValueError, match="has not told the name of the member"):
        sight.arguments(0)


def test_a_value_is_taken_from_the_actual_result_and_not_from_gold(library_tasks: Tasks) -> None:
    sight = Sight(library_tasks["delete"])
    with pytest.raises(InvisibleValueError, match="was not made"):
        sight.arguments(1)
    sight.results[0] = {"members": [{"member_id": "member-new"}]}
    assert sight.arguments(1) == {"member_id": "member-new"}
    sight.results[0] = {"members": []}
    with pytest.raises(InvisibleValueError, match="has nothing at"):
        sight.arguments(1)


def test_a_value_without_provenance_may_not_be_used(library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    bare = task.gold[0].model_copy(update={"provenance": {}})
    sight = Sight(task.model_copy(update={"gold": (bare,)}))
    with pytest.raises(InvisibleValueError, match="nothing says where"):
        sight.arguments(0)


def test_a_rule_of_the_policy_is_visible_from_the_start(library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    ruled = task.gold[0].model_copy(update={"provenance": {"name": Provenance(origin="policy")}})
    sight = Sight(task.model_copy(update={"gold": (ruled,)}))
    assert sight.arguments(0) == {"name": "Ana Ruiz"}


def test_a_switch_is_told_in_its_own_place_only(library_tasks: Tasks) -> None:
    fact = Fact(name="alarm", value=True, said="on", label="the alarm")
    goal = Goal(
        calls=(),
        request=(
            Fragment(text="set up the room on floor two"),
            Fragment(text="with the alarm on", facts=("alarm",)),
        ),
        report="",
    )
    task = library_tasks["read"].model_copy(update={"facts": (fact,), "goals": (goal,)})
    kept_back = Sight(task)
    kept_back.hear("Please set up the room on floor two.", [])
    assert not kept_back.was_told(fact)
    kept_back.hear("The alarm is on.", [fact])
    assert kept_back.was_told(fact)
    told = Sight(task)
    told.hear("Please set up the room on floor two with the alarm on.", [])
    assert told.was_told(fact)


def _batch(task: Task) -> Task:
    """The task with one more call, that takes a list: a key of a result, and what the user says."""
    origin = Provenance(
        origin="items",
        items=(
            Provenance(origin="tool", call=0, path=("members", 0, "member_id")),
            Provenance(origin="user", fact=task.facts[0].name),
        ),
    )
    call = task.gold[0].model_copy(
        update={
            "arguments": {"member_ids": ["member-gold", task.facts[0].value]},
            "provenance": {"member_ids": origin},
        }
    )
    return task.model_copy(update={"gold": (*task.gold, call)})


def test_each_item_of_an_array_must_be_visible(library_tasks: Tasks) -> None:
    task = _batch(library_tasks["delete"])
    sight = Sight(task)
    with pytest.raises(InvisibleValueError, match="was not made"):
        sight.arguments(2)
    sight.results[0] = {"members": [{"member_id": "member-new"}]}
    with pytest.raises(InvisibleValueError, match="has not told"):
        sight.arguments(2)
    sight.hear("Delete Ana Ruiz.", [])
    assert sight.arguments(2) == {"member_ids": ["member-new", "Ana Ruiz"]}


def test_names_are_confirmed_only_once_they_were_seen(library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    goal = task.goals[0].model_copy(update={"named": ("Ana Ruiz", "Ben Okoro")})
    sight = Sight(task)
    sight.see('{"members": [{"name": "Ana Ruiz"}]}')
    with pytest.raises(InvisibleValueError, match="Ben Okoro"):
        sight.check_named(goal)
    sight.see("Ben Okoro")
    sight.check_named(goal)


def test_what_a_condition_is_about_is_read_before_it_is_acted_on(library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    branch = Branch(condition="its name is Ana Ruiz", holds=True, call=0, path=("members", 0, "x"))
    goal = task.goals[0].model_copy(update={"branch": branch})
    sight = Sight(task.model_copy(update={"goals": (goal,)}))
    sight.hear("Delete Ana Ruiz.", [])
    assert sight.arguments(0) == {"name": "Ana Ruiz"}
    sight.results[0] = {"members": [{"member_id": "member-new"}]}
    with pytest.raises(InvisibleValueError, match="its name is Ana Ruiz"):
        sight.arguments(1)
    sight.results[0] = {"members": [{"member_id": "member-new", "x": 1}]}
    assert sight.arguments(1) == {"member_id": "member-new"}


def test_a_small_word_is_told_only_in_its_place(library_tasks: Tasks) -> None:
    task = library_tasks["update"]
    sight = Sight(task)
    genre = sight.fact("genre")
    sight.hear("I am fond of history, so please change something.", [])
    assert not sight.was_told(genre)
    sight.hear("The new genre should be history.", [])
    assert sight.was_told(genre)


def test_the_answer_to_one_question_does_not_answer_another(library_tasks: Tasks) -> None:
    task = library_tasks["update"]
    book = task.facts[0].model_copy(update={"said": "A history of Rome"})
    sight = Sight(task.model_copy(update={"facts": (book, task.facts[1])}))
    sight.hear("A history of Rome.", [book, task.facts[1]])
    assert sight.was_told(book)
    assert not sight.was_told(task.facts[1])


def test_a_value_that_is_not_golds_is_tentative_until_it_is_put_right(
    library_tasks: Tasks,
) -> None:
    task = library_tasks["update"]
    sight, genre = Sight(task), task.facts[1]
    sight.hear("Change the genre of the book Roads of Rome to poetry.", [])
    assert sight.tentative(genre) == "poetry"
    assert sight.missing_facts(task.goals) == []
    assert not sight.was_told(genre)
    sight.hear("Actually, make it history.", [])
    assert sight.was_told(genre)
    assert sight.tentative(genre) is None
