"""Rendering and loss mask."""

from agentscaler.chat import Message, ToolCall
from agentscaler.dataset import render_messages, render_tools
from agentscaler.domain.domain import Domain

GOOD = ToolCall(id="c2", name="get_book", arguments={"book_id": "b-1"})
BAD = ToolCall(id="c1", name="get_books", arguments={"book_id": "b-1"})
DIALOGUE = [
    Message(role="system", content="Policy."),
    Message(role="user", content="Where is b-1?"),
    Message(role="assistant", content="Let me look.", tool_calls=(BAD,)),
    Message(role="tool", content='{"error":"no tool"}', tool_call_id="c1", is_error=True),
    Message(role="assistant", tool_calls=(GOOD,)),
    Message(role="tool", content='{"shelf":"B7"}', tool_call_id="c2"),
    Message(role="assistant", content="On shelf B7."),
    Message(role="user", content="Thanks."),
]


def test_the_loss_is_taken_on_the_agents_messages_only_and_not_on_its_mistakes() -> None:
    messages, mask = render_messages(DIALOGUE, mask_mistakes=True)
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
        "assistant",
    ]
    assert mask == [False, False, False, False, True, False, True]


def test_mistakes_can_be_learned_too() -> None:
    _, mask = render_messages(DIALOGUE, mask_mistakes=False)
    assert mask == [False, False, True, False, True, False, True]


def test_a_message_with_one_right_call_among_wrong_ones_is_learned() -> None:
    both = [
        *DIALOGUE[:2],
        Message(role="assistant", tool_calls=(BAD, GOOD)),
        DIALOGUE[3],
        DIALOGUE[5],
        DIALOGUE[6],
    ]
    _, mask = render_messages(both, mask_mistakes=True)
    assert mask == [False, False, True, False, False, True]


def test_every_user_message_at_the_end_is_left_out() -> None:
    messages, mask = render_messages(DIALOGUE[:2], mask_mistakes=True)
    assert [message["role"] for message in messages] == ["system"]
    assert mask == [False]


def test_calls_carry_their_arguments_as_objects_and_results_the_tools_name() -> None:
    messages, _ = render_messages(DIALOGUE, mask_mistakes=True)
    assert messages[4] == {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {
                "id": "c2",
                "type": "function",
                "function": {"name": "get_book", "arguments": {"book_id": "b-1"}},
            }
        ],
    }
    assert messages[5] == {
        "role": "tool",
        "content": '{"shelf":"B7"}',
        "tool_call_id": "c2",
        "name": "get_book",
    }


def test_tools_are_openai_functions_without_what_only_the_domain_knows(library: Domain) -> None:
    tools = render_tools(library.manifest.tools)
    assert len(tools) == len(library.manifest.tools)
    assert set(tools[0]) == {"type", "function"}
    assert set(tools[0]["function"]) == {"name", "description", "parameters"}
