"""What an honest agent can see."""

import pytest

from agentscaler.rollout.sight import InvisibleValueError, Sight
from agentscaler.task.task import Fact, Fragment, Goal, Provenance, Task

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
