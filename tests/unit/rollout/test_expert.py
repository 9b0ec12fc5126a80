"""The expert agent."""

from collections.abc import Sequence

import pytest

from agentscaler.chat import Message
from agentscaler.domain.domain import Domain
from agentscaler.rollout import (
    ExpertMaker,
    FailureOwner,
    GaveUpError,
    ScriptedUserMaker,
    Trajectory,
    UserTurn,
    play,
)
from agentscaler.rollout.mistake import MistakeKind
from agentscaler.rollout.trajectory import StopReason
from agentscaler.task.task import Branch, Fact, Fragment, Goal, GoldCall, Provenance, Task

Tasks = dict[str, Task]
UNREFUSED = {
    MistakeKind.ASKED_AGAIN,
    MistakeKind.WRONG_TOOL,
    MistakeKind.WRONG_ROW,
    MistakeKind.DATE_FORMAT,
}


class Scripted:
    """A user that says given lines, then ends."""

    name = "lines"

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)

    def open(self) -> str:
        return self._lines.pop(0)

    def reply(self, messages: Sequence[Message]) -> UserTurn:
        return UserTurn(self._lines.pop(0)) if self._lines else UserTurn("Thanks.", done=True)


def _play(
    library: Domain, task: Task, *lines: str, rate: float = 0.0, seed: str = "s"
) -> Trajectory:
    agent = ExpertMaker(rate)(library, task, seed)
    return play(library, task, agent, Scripted(*lines), trial=0, max_turns=30)


def _said(trajectory: Trajectory) -> list[str]:
    return [one.content for one in trajectory.messages if one.role == "assistant" and one.content]


def _called(trajectory: Trajectory) -> list[str]:
    return [call.name for message in trajectory.messages for call in message.tool_calls]


def test_it_asks_in_one_question_for_all_that_it_lacks(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["create"]
    played = _play(
        library,
        task,
        "Please lend out a book to a member.",
        "Roads of Rome for Ana Ruiz, until 2 April 2026.",
        "Yes.",
    )
    question = played.messages[2].content
    assert "the title of the book" in question
    assert "the name of the member" in question
    assert "the due date of the loan" in question
    assert played.state_hash == task.state_hash


def test_it_waits_for_a_yes_before_a_write_that_needs_one(
    library: Domain, library_tasks: Tasks
) -> None:
    played = _play(library, library_tasks["delete"], "Delete the member Ana Ruiz.", "Yes.")
    asked = next(
        number
        for number, message in enumerate(played.messages)
        if "deleting the member Ana Ruiz" in message.content
    )
    deleted = next(
        number
        for number, message in enumerate(played.messages)
        if any(call.name == "delete_member" for call in message.tool_calls)
    )
    assert asked < deleted
    assert played.state_hash == library_tasks["delete"].state_hash


def test_it_does_not_write_after_a_no(library: Domain, library_tasks: Tasks) -> None:
    played = _play(library, library_tasks["delete"], "Delete the member Ana Ruiz.", "No, wait.")
    assert played.stop is StopReason.GAVE_UP
    assert played.failure_owner is FailureOwner.USER
    assert "delete_member" not in _called(played)
    assert played.changeset == ()


def test_it_names_the_details_that_it_is_about_to_store(
    library: Domain, library_tasks: Tasks
) -> None:
    played = _play(
        library,
        library_tasks["create"],
        "Lend the book Roads of Rome to Ana Ruiz until 2 April 2026.",
        "Yes.",
    )
    assert any("with 2 April 2026 as the due date" in words for words in _said(played))


def test_it_does_not_speak_of_keys_as_details(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["delete"]
    told = Fact(name="id", value="member-7k2m9p4q", said="member-7k2m9p4q", label="the ID")
    call = task.gold[1].model_copy(
        update={"provenance": {"member_id": Provenance(origin="user", fact="id")}}
    )
    goal = task.goals[0].model_copy(update={"calls": (0,), "confirm": "deleting that member"})
    changed = task.model_copy(update={"facts": (told,), "gold": (call,), "goals": (goal,)})
    played = _play(library, changed, "Delete the member Ana Ruiz, member-7k2m9p4q.", "Yes.")
    assert "deleting that member" in _said(played)[0]
    assert "member-7k2m9p4q" not in _said(played)[0]


def test_it_names_the_owner_of_several_facts_once(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["update"]
    genre = task.facts[1].model_copy(update={"label": "the new genre of the book"})
    agent = ExpertMaker()(
        library, task.model_copy(update={"facts": (task.facts[0], genre)}), "seed"
    )
    question = agent.act([Message(role="user", content="Change the genre of a book.")]).content
    assert "the title and the new genre of the book" in question


def test_it_serves_a_later_goal_only_once_the_user_brings_it_up(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["two goals"]
    played = _play(library, task, "Please take back the loan of Tom Okafor.")
    assert _called(played) == ["list_members", "list_loans", "return_loan"]
    both = _play(
        library,
        task,
        "Please take back the loan of Tom Okafor.",
        "Now move the book Roads of Rome to shelf D4.",
    )
    assert both.state_hash == task.state_hash


def test_it_serves_two_goals_that_are_said_at_once(library: Domain, library_tasks: Tasks) -> None:
    task = library_tasks["two goals"]
    played = _play(
        library,
        task,
        "Take back the loan of Tom Okafor. Then move the book Roads of Rome to shelf D4.",
    )
    assert played.state_hash == task.state_hash
    assert "returned" in _said(played)[-1]
    assert "D4" in _said(played)[-1]


def test_independent_reads_may_go_out_together_but_never_a_dependent_one(
    library: Domain, library_tasks: Tasks
) -> None:
    sizes = set()
    for seed in range(20):
        played = _play(
            library,
            library_tasks["create"],
            "Lend the book Roads of Rome to Ana Ruiz until 2 April 2026.",
            "Yes.",
            seed=str(seed),
        )
        sizes |= {len(message.tool_calls) for message in played.messages if message.tool_calls}
        read = _play(
            library,
            library_tasks["read"],
            "Tell me on which shelf the book Roads of Rome stands.",
            seed=str(seed),
        )
        assert all(len(message.tool_calls) <= 1 for message in read.messages)
    assert sizes == {1, 2}


@pytest.mark.parametrize("name", ["create", "update", "delete", "read"])
def test_it_recovers_from_every_mistake_it_makes(
    library: Domain, library_tasks: Tasks, name: str
) -> None:
    task = library_tasks[name]
    for seed in range(30):
        user = ScriptedUserMaker()(library, task, str(seed))
        agent = ExpertMaker(1.0)(library, task, str(seed))
        played = play(library, task, agent, user, trial=0, max_turns=30)
        assert played.stop is StopReason.SATISFIED, played.failure
        assert played.state_hash == task.state_hash
        [kind] = played.mistake_kinds
        if kind in UNREFUSED:
            continue
        assert played.mistakes == played.tool_errors == 1
        refused = next(n for n, message in enumerate(played.messages) if message.is_error)
        repaired = played.messages[refused + 1]
        assert repaired.content, "it says what went wrong"
        assert repaired.tool_calls


def test_it_gives_up_when_a_right_call_is_refused(library: Domain, library_tasks: Tasks) -> None:
    agent = ExpertMaker()(library, library_tasks["delete"], "s")
    conversation = [Message(role="user", content="Delete the member Ana Ruiz.")]
    conversation.append(agent.act(conversation))
    call = conversation[-1].tool_calls[0]
    conversation.append(
        Message(role="tool", content='{"error":"busy"}', tool_call_id=call.id, is_error=True)
    )
    with pytest.raises(GaveUpError, match="refused the right call"):
        agent.act(conversation)


def _shelved(library: Domain, task: Task, count: int = 3) -> Task:
    """A wish for several books at once: all are put on one shelf."""
    shelf = Fact(name="shelf", value="Z9", said="Z9", label="the new shelf")
    told = Provenance(origin="user", fact="shelf")
    with library.world("main") as world:
        books = world.call("list_books", {}).value
        gold = [
            task.gold[0].model_copy(update={"arguments": {}, "provenance": {}, "result": books})
        ]
        for number, book in enumerate(books["books"][:count]):
            arguments = {"book_id": book["book_id"], "shelf": "Z9"}
            found = Provenance(origin="tool", call=0, path=("books", number, "book_id"))
            gold.append(
                GoldCall(
                    tool="update_book",
                    arguments=arguments,
                    provenance={"book_id": found, "shelf": told},
                    result=world.call("update_book", arguments).value,
                    purpose="goal",
                    effect="write",
                )
            )
        state_hash = world.state_hash()
    request = (
        Fragment(text="put all the books"),
        Fragment(text="on shelf Z9", facts=("shelf",)),
    )
    goal = Goal(calls=tuple(range(len(gold))), request=request, report="All are on Z9.")
    changes = {"gold": tuple(gold), "goals": (goal,), "facts": (shelf,), "state_hash": state_hash}
    return task.model_copy(update=changes)


def _sizes(library: Domain, task: Task, tool: str) -> set[int]:
    """How many calls of a tool go out in one message, over many episodes."""
    sizes = set()
    for seed in range(20):
        played = _play(library, task, "Put all the books on shelf Z9.", seed=str(seed))
        assert played.stop is StopReason.SATISFIED, played.failure
        assert played.state_hash == task.state_hash
        together = [[call.name for call in message.tool_calls] for message in played.messages]
        assert all(len(set(names)) <= 1 for names in together if tool in names)
        sizes |= {len(names) for names in together if tool in names}
    return sizes


def test_writes_that_do_the_same_to_several_rows_may_go_out_together(
    library: Domain, library_tasks: Tasks
) -> None:
    task = _shelved(library, library_tasks["update"])
    assert _sizes(library, task, "update_book") >= {1, 3}


def test_a_write_that_takes_from_one_of_its_kind_waits_for_the_result(
    library: Domain, library_tasks: Tasks
) -> None:
    task = _shelved(library, library_tasks["update"])
    copied = Provenance(origin="tool", call=2, path=("shelf",))
    last = task.gold[3].model_copy(
        update={"provenance": task.gold[3].provenance | {"shelf": copied}}
    )
    fed = task.model_copy(update={"gold": (*task.gold[:3], last)})
    assert _sizes(library, fed, "update_book") == {1, 2}


def test_writes_of_two_kinds_never_go_out_together(library: Domain, library_tasks: Tasks) -> None:
    task = _shelved(library, library_tasks["update"], count=1)
    with library.world("main") as world:
        loans = world.call("list_loans", {}).value
        loan = {"loan_id": loans["loans"][0]["loan_id"]}
        world.call(task.gold[1].tool, task.gold[1].arguments)
        back = world.call("return_loan", loan).value
        state_hash = world.state_hash()
    listed = task.gold[0].model_copy(update={"tool": "list_loans", "result": loans})
    found = Provenance(origin="tool", call=2, path=("loans", 0, "loan_id"))
    returned = GoldCall(
        tool="return_loan",
        arguments=loan,
        provenance={"loan_id": found},
        result=back,
        purpose="goal",
        effect="write",
    )
    goal = task.goals[0].model_copy(update={"calls": (2, 0, 1, 3)})
    gold = (*task.gold, listed, returned)
    both = task.model_copy(update={"gold": gold, "goals": (goal,), "state_hash": state_hash})
    assert _sizes(library, both, "return_loan") == {1}
    assert _sizes(library, both, "update_book") == {1}


def test_one_of_several_writes_that_goes_wrong_goes_out_alone(
    library: Domain, library_tasks: Tasks
) -> None:
    task = _shelved(library, library_tasks["update"])
    wrong = 0
    for seed in range(30):
        lines = ("Put all the books on shelf Z9.", "Z9.")
        played = _play(library, task, *lines, rate=1, seed=str(seed))
        assert played.state_hash == task.state_hash, played.failure
        assert len(played.mistake_kinds) == 1
        for message in played.messages:
            if message.mistake and message.tool_calls:
                wrong += message.tool_calls[0].name == "update_book"
                assert len(message.tool_calls) == 1
    assert wrong


def test_a_row_is_confirmed_only_by_a_name_that_was_seen(
    library: Domain, library_tasks: Tasks
) -> None:
    task = library_tasks["delete"]
    for named, stop in (("Ana Ruiz", StopReason.SATISFIED), ("Nobody's Name", StopReason.FAILED)):
        goal = task.goals[0].model_copy(update={"named": (named,)})
        asked = task.model_copy(update={"goals": (goal,)})
        played = _play(library, asked, "Delete the member Ana Ruiz.", "Yes.")
        assert played.stop is stop
    assert played.failure_owner is FailureOwner.AGENT
    assert "InvisibleValueError: nothing has shown Nobody's Name" in played.failure
    assert _called(played) == ["list_members"]


@pytest.mark.parametrize(("path", "acts"), [("genre", True), ("pages", False)])
def test_a_deed_on_a_condition_is_done_only_where_a_result_tells_of_it(
    library: Domain, library_tasks: Tasks, path: str, acts: bool
) -> None:
    task = library_tasks["update"]
    branch = Branch(condition="its genre is fiction", holds=True, call=0, path=("books", 0, path))
    goal = task.goals[0].model_copy(update={"branch": branch})
    asked = task.model_copy(update={"goals": (goal,)})
    played = _play(library, asked, "Change the genre of the book Roads of Rome to history.")
    assert ("update_book" in _called(played)) == acts
    assert ("InvisibleValueError" in played.failure) != acts
    if not acts:
        assert "for its genre is fiction" in played.failure
