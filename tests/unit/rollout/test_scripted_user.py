"""The scripted user."""

import re

import pytest

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout import GaveUpError, ScriptedUser, ScriptedUserMaker, UserTurn
from agentscaler.task.task import Task

Tasks = dict[str, Task]
SEEDS = [str(number) for number in range(40)]


def _user(library: Domain, task: Task, seed: str, rate: float = 0.0) -> ScriptedUser:
    return ScriptedUserMaker(rate)(library, task, seed)


def _answer(user: ScriptedUser, words: str) -> UserTurn:
    return user.reply([Message(role="assistant", content=words)])


def test_it_tells_everything_at_once_when_it_keeps_nothing_back(
    library: Domain, library_tasks: Tasks
) -> None:
    for seed in SEEDS:
        opening = _user(library, library_tasks["create"], seed).open()
        for said in ("Roads of Rome", "Ana Ruiz", "2 April 2026"):
            assert said in opening


def test_it_opens_in_many_ways(library: Domain, library_tasks: Tasks) -> None:
    openings = {_user(library, library_tasks["update"], seed).open() for seed in SEEDS}
    assert len(openings) > 20


def test_what_is_kept_back_is_told_when_asked(library: Domain, library_tasks: Tasks) -> None:
    for seed in SEEDS:
        user = _user(library, library_tasks["create"], seed, rate=1.0)
        opening = user.open()
        assert "Ana Ruiz" not in opening
        assert "2 April" not in opening
        turn = _answer(user, "What is the name of the member?")
        assert "Ana Ruiz" in turn.text
        told = turn.text
        for question in ("And the due date of the loan?", "And the title of the book?"):
            told += _answer(user, question).text
        assert "2 April 2026" in told
        assert "Roads of Rome" in told


def test_a_question_without_the_labels_brings_out_all_that_is_kept_back(
    library: Domain, library_tasks: Tasks
) -> None:
    user = _user(library, library_tasks["create"], "1", rate=1.0)
    user.open()
    turn = _answer(user, "Could you be more specific?")
    assert all(said in turn.text for said in ("Roads of Rome", "Ana Ruiz", "2 April 2026"))


def test_it_repeats_a_fact_that_is_asked_for_again(library: Domain, library_tasks: Tasks) -> None:
    user = _user(library, library_tasks["delete"], "1")
    user.open()
    assert "Ana Ruiz" in _answer(user, "Sorry, what was the name of the member?").text


def test_it_agrees_when_asked_for_confirmation(library: Domain, library_tasks: Tasks) -> None:
    for seed in SEEDS:
        user = _user(library, library_tasks["delete"], seed)
        user.open()
        turn = _answer(user, "The next step is deleting the member Ana Ruiz. Shall I go ahead?")
        assert not turn.done
        words = turn.text.lower()
        assert set(re.findall(r"\w+", words)) & {
            "yes",
            "yep",
            "ahead",
            "sure",
            "correct",
            "ok",
            "right",
        }


def test_it_brings_up_the_next_goal_after_a_report_and_then_ends(
    library: Domain, library_tasks: Tasks
) -> None:
    for seed in SEEDS:
        user = _user(library, library_tasks["two goals"], seed)
        opening = user.open()
        report = "The loan has been returned. Is there anything else?"
        if "D4" not in opening:
            turn = _answer(user, report)
            assert "D4" in turn.text
            assert not turn.done
        assert _answer(user, report).done


def test_now_and_then_it_opens_with_two_goals(library: Domain, library_tasks: Tasks) -> None:
    openings = [_user(library, library_tasks["two goals"], seed).open() for seed in SEEDS]
    assert 4 <= sum("D4" in opening for opening in openings) <= 25


def test_it_mentions_what_a_report_has_overlooked(library: Domain, library_tasks: Tasks) -> None:
    user = _user(library, library_tasks["create"], "1", rate=1.0)
    user.open()
    turn = _answer(user, "It is done. Anything else?")
    assert "2 April 2026" in turn.text
    assert not turn.done


def test_it_gives_up_on_an_agent_that_asks_for_what_it_does_not_know(
    library: Domain, library_tasks: Tasks
) -> None:
    user = _user(library, library_tasks["update"], "1")
    user.open()
    for _ in range(2):
        assert _answer(user, "What is your shoe size?").text
    with pytest.raises(GaveUpError, match="keeps asking"):
        _answer(user, "What is your shoe size?")


def test_it_never_names_a_tool_or_an_id_of_the_database(
    library: Domain, library_tasks: Tasks
) -> None:
    hidden = [tool.name for tool in library.manifest.tools] + ["member-", "book-", "loan-"]
    for task in library_tasks.values():
        for seed in SEEDS:
            user = _user(library, task, seed, rate=0.5)
            words = [user.open(), _answer(user, "Which one do you mean?").text]
            words.append(_answer(user, "Done. Anything else?").text)
            assert not [name for name in hidden if any(name in text for text in words)]


def test_what_is_asked_of_the_agent_is_never_put_as_the_users_own_deed(
    library: Domain, library_tasks: Tasks
) -> None:
    for seed in SEEDS:
        opening = _user(library, library_tasks["read"], seed).open()
        assert "like to tell me" not in opening
        assert "need to tell me" not in opening


def test_it_understands_a_question_that_names_the_owner_of_two_facts_once(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    genre = task.facts[1].model_copy(update={"label": "the new genre of the book"})
    user = _user(library, task.model_copy(update={"facts": (task.facts[0], genre)}), "1", rate=1.0)
    user.open()
    answer = _answer(user, "Could you tell me the title and the new genre of the book?").text
    assert "Roads of Rome" in answer
    assert "history" in answer


def test_it_says_a_value_in_its_own_case(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    fact = task.facts[0].model_copy(update={"said": "ana-ruiz", "value": "ana-ruiz"})
    for seed in SEEDS:
        user = _user(library, task.model_copy(update={"facts": (fact,)}), seed, rate=1.0)
        user.open()
        assert "ana-ruiz" in _answer(user, "What is the name of the member?").text


def test_it_tells_facts_beside_its_request_or_in_it(library: Domain, library_tasks: Tasks) -> None:
    openings = [_user(library, library_tasks["create"], seed).open() for seed in SEEDS]
    beside = [one for one in openings if "to Ana Ruiz" not in one]
    assert all("Ana Ruiz" in one for one in openings)
    assert 4 <= len(beside) <= 25


def test_what_was_told_before_the_request_is_pointed_back_to(
    library: Domain, library_tasks: Tasks
) -> None:
    openings = [_user(library, library_tasks["delete"], str(seed)).open() for seed in range(200)]
    first = [one for one in openings if one.find("Ana Ruiz") < one.lower().find("a member")]
    assert all("Ana Ruiz" in one for one in openings)
    assert first == []


def test_it_does_not_say_no_where_nothing_was_asked(library: Domain, library_tasks: Tasks) -> None:
    for seed in SEEDS:
        user = _user(library, library_tasks["delete"], seed)
        user.open()
        turn = _answer(user, "The member Ana Ruiz has been deleted.")
        assert turn.done
        assert not turn.text.startswith(("No,", "No.", "Nope"))


def test_told_again_it_says_so_at_times(library: Domain, library_tasks: Tasks) -> None:
    answers = set()
    for seed in SEEDS:
        user = _user(library, library_tasks["delete"], seed)
        user.open()
        answers.add(_answer(user, "Could you tell me the name of the member?").text)
    assert all("Ana Ruiz" in answer for answer in answers)
    assert any("said" in answer or "told" in answer for answer in answers)


def test_a_question_mark_in_a_value_is_no_question(library: Domain, library_tasks: Tasks) -> None:
    user = _user(library, library_tasks["read"], "1")
    user.open()
    assert _answer(user, "The schedule is now cron(0 6 * * ? *).").done


def test_what_a_report_quotes_asks_for_nothing(library: Domain, library_tasks: Tasks) -> None:
    report = 'The description of the book with the title Roads of Rome is "Two pages are missing".'
    for seed in SEEDS:
        user = _user(library, library_tasks["create"], seed)
        user.open()
        assert not _answer(user, report).text.startswith(("Again", "Said that"))
