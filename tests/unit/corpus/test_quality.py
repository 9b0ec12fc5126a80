"""What a rule must see before a tool that a model calls poor is turned away."""

from typing import Any

import pytest

from agentscaler.corpus.quality import QualityReason, agreed_reason, most_poor
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.tool_forms import Judgement
from agentscaler.graph import tool_reading

POOR = Judgement(reason="It is poor.", clear=False, wanted=False, tellable=False)


def tool(name: str, description: str, **parameters: Any) -> ToolSpec:
    return ToolSpec(
        id=f"local.library.{name}",
        name=name,
        provider="local",
        service="local.library",
        service_title="Library",
        description=description,
        parameters={
            "type": "object",
            "properties": parameters,
            "required": [key for key in parameters if not key.startswith("may")],
        },
        source="functions",
        licence="",
    )


@pytest.mark.parametrize(
    ("poor", "reason"),
    [
        (tool("WindLoan", "Wind loan (Library)."), QualityReason.UNCLEAR),
        (tool("Ping", "Answers if the server is alive."), QualityReason.UNWANTED),
        (tool("GetServiceHealth", "Returns the state of the server."), QualityReason.UNWANTED),
        (tool("ListTagsForResource", "Lists the tags."), QualityReason.UNWANTED),
        (tool("books.getIamPolicy", "Reads who may see a book."), QualityReason.UNWANTED),
        (
            tool("projects.operations.wait", "Waits for the end of the call."),
            QualityReason.UNWANTED,
        ),
        (
            tool("ScanCover", "Reads a cover.", photo={"type": "string", "format": "byte"}),
            QualityReason.UNTELLABLE,
        ),
        (tool("ImportLoans", "Takes loans over.", body={"type": "object"}), "untellable"),
        (tool("AskClerk", "Puts a question to a clerk.", arg1={"type": "string"}), "untellable"),
    ],
)
def test_a_rule_agrees_with_a_model(poor: ToolSpec, reason: str) -> None:
    assert agreed_reason(poor, POOR, tool_reading(poor)) == reason


@pytest.mark.parametrize(
    "good",
    [
        tool("DeleteLoan", "Deletes a loan."),
        tool("RenewLoan", "Renews a loan for another month."),
        tool("GetOperationTheatre", "Returns one theatre of a hospital."),
        tool("FindBooks", "Finds books.", q={"type": "string", "description": "Words in them."}),
        tool("ImportLoans", "Takes loans over.", may_body={"type": "object"}),
        tool(
            "PutLabels",
            "Sticks labels on a shelf.",
            labels={"type": "object", "additionalProperties": {"a": 1}},
        ),
    ],
)
def test_a_rule_does_not_agree(good: ToolSpec) -> None:
    assert agreed_reason(good, POOR, tool_reading(good)) is None


def test_only_what_the_model_calls_poor_counts() -> None:
    ping = tool("Ping", "Answers if the server is alive.")
    judgement = POOR.model_copy(update={"wanted": True})
    assert agreed_reason(ping, judgement, tool_reading(ping)) is None


def test_a_small_batch_can_lose_nothing() -> None:
    assert [most_poor(count) for count in (1, 2, 3, 6, 10)] == [0, 0, 1, 2, 3]
