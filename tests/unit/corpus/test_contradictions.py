"""What a description may not claim against what its tool is known to do."""

import pytest

from agentscaler.corpus.contradictions import contradiction, leading_verb
from agentscaler.corpus.tool import Effect
from agentscaler.corpus.tool_reading import ToolReading


@pytest.mark.parametrize(
    ("effect", "kind", "does", "rest"),
    [
        ("read", "get", "Deletes a loan.", ""),
        ("read", "list", "Lists the loans and then removes them.", ""),
        ("read", "action", "Checks a loan.", "Returns the loan; it updates its state."),
        ("write", "delete", "Permanently creates a loan.", ""),
        ("write", "delete", "Shows a loan.", ""),
        ("write", "create", "Removes a loan.", ""),
        ("write", "update", "Returns a loan.", ""),
        ("write", "link", "Deletes the tie between a loan and a book.", ""),
        ("write", "unlink", "Adds a book to a loan.", ""),
    ],
)
def test_the_opposite_of_what_a_tool_does_is_found(
    effect: Effect, kind: str, does: str, rest: str
) -> None:
    assert contradiction(does, rest, ToolReading(effect, kind, "loan"))


@pytest.mark.parametrize(
    ("effect", "kind", "does"),
    [
        ("read", "list", "Lists the recently deleted loans and updates of them."),
        ("read", "get", "Looks up who removes books."),
        ("write", "action", "Returns a book to its shelf."),
        ("write", "delete", "Cancels a loan."),
        ("write", "create", "Registers a loan and removes the reservation."),
        ("write", "update", "Replaces a loan."),
    ],
)
def test_what_is_no_plain_case_is_let_pass(effect: Effect, kind: str, does: str) -> None:
    assert contradiction(does, "", ToolReading(effect, kind, "loan")) == ""


def test_the_verb_of_a_sentence_is_found_in_any_form() -> None:
    sentences = ["Deletes it.", "Quietly modifies it.", "Searches it.", "Get it.", "Passes it.", ""]
    verbs = ["delete", "modify", "search", "get", "pass", ""]
    assert [leading_verb(sentence) for sentence in sentences] == verbs
