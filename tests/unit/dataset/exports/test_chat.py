"""What stands in the formats of chat messages."""

import json

from agentscaler.dataset.exports.chat import OpenAIFormat, ToolsJsonFormat, TrlFormat

from ..dialogues import DIALOGUE, PLAIN, TOOLS


def test_trl_has_arguments_and_tools_as_objects_beside_the_mask() -> None:
    row = TrlFormat().encode(PLAIN)["train.jsonl"]
    assert (row["messages"], row["tools"]) == (DIALOGUE, TOOLS)
    assert row["loss_mask"] == PLAIN.loss_mask
    assert row["trajectory"] == "library/001/0"


def test_the_types_of_the_columns_of_trl_name_every_column() -> None:
    row = TrlFormat().encode(PLAIN)["train.jsonl"]
    assert [feature["name"] for feature in TrlFormat.features or ()] == list(
        {
            **{name: 0 for name in row if name not in {"messages", "tools", "loss_mask"}},
            **dict.fromkeys(("messages", "tools", "loss_mask"), 0),
        }
    )


def test_tools_json_has_no_value_whose_keys_depend_on_a_tool() -> None:
    row = ToolsJsonFormat().encode(PLAIN)["train.jsonl"]
    assert json.loads(row["tools"]) == TOOLS
    functions = [
        call["function"] for message in row["messages"] for call in message.get("tool_calls", ())
    ]
    assert [function["arguments"] for function in functions] == [
        '{"id":"b-1"}',
        '{"book_id":"b-1"}',
        '{"member_id":7}',
    ]


def test_openai_lines_hold_messages_and_tools_only_and_origins_lie_beside() -> None:
    rows = OpenAIFormat().encode(PLAIN)
    assert set(rows["train.jsonl"]) == {"messages", "tools"}
    assert rows["train.origins.jsonl"]["id"] == PLAIN.id
    assert "messages" not in rows["train.origins.jsonl"]


def test_openai_replies_carry_the_loss_mask_as_weights_and_nobody_else_has_one() -> None:
    messages = OpenAIFormat().encode(PLAIN)["train.jsonl"]["messages"]
    weights = [message.get("weight") for message in messages]
    assert weights == [None, None, 0, None, 1, None, None, 1]


def test_openai_calls_without_words_have_no_content_and_results_no_name() -> None:
    messages = OpenAIFormat().encode(PLAIN)["train.jsonl"]["messages"]
    assert messages[4]["content"] is None
    assert messages[4]["tool_calls"][0]["function"]["arguments"] == '{"book_id":"b-1"}'
    assert set(messages[5]) == {"role", "content", "tool_call_id"}


def test_encoding_leaves_the_example_as_it_was() -> None:
    before = PLAIN.model_dump_json()
    for chosen in (TrlFormat(), OpenAIFormat(), ToolsJsonFormat()):
        chosen.encode(PLAIN)
    assert PLAIN.model_dump_json() == before
