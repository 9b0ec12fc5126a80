"""Changes of mind."""

from agentscaler.domain.domain import Domain
from agentscaler.rollout import ExpertMaker, ScriptedUserMaker, Trajectory, play
from agentscaler.rollout.phrases import seeded
from agentscaler.rollout.second_thoughts import Moment, draw_second_thought, with_first_value
from agentscaler.rollout.trajectory import StopReason
from agentscaler.rollout.wording import fold, says
from agentscaler.task.request import request_text
from agentscaler.task.task import Task

Tasks = dict[str, Task]
CORRECTING = (
    *(
        "actually",
        "wait",
        "rather",
        "misspoke",
        "sorry",
        "correction",
        "ah no",
        "mind",
        "not quite",
    ),
    *("hold on", "second thought", "checked", "looked again", "almost", "one change", "instead"),
)
REQUIRED = {"create_loan": {"member_id", "book_id", "due_date"}}


def _play(library: Domain, task: Task, seed: str, *, withhold: float = 0.0) -> Trajectory:
    user = ScriptedUserMaker(withhold, change_rate=1.0)(library, task, seed)
    return play(library, task, ExpertMaker()(library, task, seed), user, trial=0, max_turns=30)


def test_the_first_value_is_another_one_of_the_same_kind(
    library: Domain, library_tasks: Tasks
) -> None:
    for seed in range(20):
        rng = seeded(str(seed))
        thought = draw_second_thought(library, library_tasks["create"], set(), REQUIRED, rng)
        assert thought is not None
        assert thought.fact.name == "due"
        assert thought.first.endswith("2026")
        assert thought.first != thought.fact.said
        said = request_text(with_first_value(library_tasks["create"].goals[0].request, thought))
        assert thought.first in said
        assert thought.fact.said not in said


def test_a_listed_value_is_changed_for_another_of_its_list(
    library: Domain, library_tasks: Tasks
) -> None:
    rng = seeded("1")
    thought = draw_second_thought(library, library_tasks["update"], set(), {}, rng)
    assert thought is not None
    assert thought.first in {"fiction", "science", "children", "poetry", "travel", "art"} or (
        thought.first != "history"
    )


def test_names_by_which_rows_are_found_are_never_changed(
    library: Domain, library_tasks: Tasks
) -> None:
    for name in ("delete", "read"):
        for seed in range(10):
            rng = seeded(str(seed))
            assert draw_second_thought(library, library_tasks[name], set(), {}, rng) is None


def test_it_waits_for_a_question_only_where_one_has_to_be_asked(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["update"]
    for seed in range(30):
        thought = draw_second_thought(library, task, set(), {}, seeded(str(seed)))
        assert thought is None or thought.moment is Moment.AT_ONCE


def test_no_call_ever_holds_the_first_value(library: Domain, library_tasks: Tasks) -> None:
    changed = 0
    for name in ("create", "update", "two goals"):
        task = library_tasks[name]
        for seed in range(40):
            played = _play(library, task, str(seed), withhold=0.4)
            assert played.stop is StopReason.SATISFIED, played.failure
            assert played.state_hash == task.state_hash
            calls = [call.arguments for one in played.messages for call in one.tool_calls]
            golds = [call.arguments for call in task.gold]
            assert [one for one in calls if one not in golds] == [], "an argument is not gold's"
            heard = fold(" ".join(m.content for m in played.messages if m.role == "user"))
            changed += any(says(heard, word) for word in CORRECTING)
    assert changed > 30


def test_a_change_at_the_question_for_consent_is_taken_in_before_the_write(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["create"]
    held_up = 0
    for seed in range(80):
        played = _play(library, task, str(seed))
        asked = [
            message.content
            for message in played.messages
            if message.role == "assistant" and "lending Roads of Rome" in message.content
        ]
        if len(asked) == 2:
            held_up += 1
            assert "2 April 2026" not in asked[0]
            assert "2 April 2026" in asked[1]
        assert played.state_hash == task.state_hash
    assert held_up >= 5
