"""Refusals by kind, as real worlds word them."""

from typing import Any

import pytest

from agentscaler.chat import ToolCall
from agentscaler.domain.domain import Domain
from agentscaler.filtering.recovery import RefusalKind, refusal_kind
from agentscaler.rollout import tool_message


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("get_books", {}, RefusalKind.UNKNOWN_TOOL),
        ("get_book", {"book_id": "b", "verbose": True}, RefusalKind.UNKNOWN_ARGUMENT),
        ("get_book", {}, RefusalKind.MISSING_ARGUMENT),
        ("get_book", {"book_id": 5}, RefusalKind.UNFIT_VALUE),
        ("get_book", {"book_id": "none"}, RefusalKind.UNKNOWN_ROW),
        ("reopen_loan", {"loan_id": "loan-2c9k7h5x"}, RefusalKind.RULE),
    ],
)
def test_a_refusal_says_what_was_wrong(
    library: Domain, name: str, arguments: dict[str, Any], kind: RefusalKind
) -> None:
    call = ToolCall(id="c", name=name, arguments=arguments)
    with library.world("main") as world:
        answer = tool_message(call, world.call(name, arguments))
    assert answer.is_error
    assert refusal_kind(answer) is kind
