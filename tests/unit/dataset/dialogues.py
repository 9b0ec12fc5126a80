"""Dialogues as unpleasant as the data may get, and one plain one."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from agentscaler.dataset import Example

NASTY = (
    *("", " ", "\n", "\r\n", "\x00", "\u2028", '"', "\\", "{}", "[]", "null", "<tool_call>"),
    *("</tool_call>", "</tool_response>", "\n</tool_response>\n<tool_response>\n", "é😀漢"),
    *('{"error":"no"}', "<think>x</think>", "\ufeff", "---\n", "|"),
)
texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.lists(st.sampled_from(NASTY), max_size=4).map("".join),
)
names = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """An example whose speakers take turns, as the funnel asks; everything else is free."""
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": "system", "content": draw(texts)})
    count = 0
    for _ in range(draw(st.integers(1, 3))):
        messages.append({"role": "user", "content": draw(texts)})
        for _ in range(draw(st.integers(0, 2))):
            called = draw(
                st.lists(
                    st.tuples(names, st.dictionaries(texts, values, max_size=3)),
                    min_size=1,
                    max_size=3,
                )
            )
            calls = [call(f"call_{count + n}", *one) for n, one in enumerate(called, 1)]
            count += len(calls)
            messages.append({"role": "assistant", "content": draw(texts), "tool_calls": calls})
            messages += [result(one, draw(texts)) for one in calls]
        messages.append({"role": "assistant", "content": draw(texts)})
    tools = draw(st.lists(st.dictionaries(texts, values, max_size=3), max_size=3))
    learned = [m["role"] == "assistant" and draw(st.booleans()) for m in messages]
    return example(messages, learned, tools, split=draw(st.sampled_from(["train", "held_out"])))


def example(
    messages: Sequence[dict[str, Any]],
    loss_mask: Sequence[bool] | None = None,
    tools: Sequence[dict[str, Any]] = (),
    **fields: Any,
) -> Example:
    """An example of these messages; without a mask, every reply is learned."""
    given = {
        "id": "library/001/0",
        "trajectory": "library/001/0",
        "task": "library/001",
        "domain": "library",
        "state": "main",
        "engine": "rules",
        "agent": "expert",
        "user": "scripted",
        "seed": 0,
        "kind": "read",
        "recovered": False,
        "split": "train",
        "messages": list(messages),
        "tools": list(tools),
        "fingerprints": [f"{number:016x}" for number in range(len(tools))],
        "loss_mask": loss_mask or [message["role"] == "assistant" for message in messages],
        **fields,
    }
    return Example.model_validate(given)


def call(name: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": tool, "arguments": arguments}}


def result(answered: dict[str, Any], content: str) -> dict[str, Any]:
    return {
        "role": "tool",
        "content": content,
        "tool_call_id": answered["id"],
        "name": answered["function"]["name"],
    }


TOOLS = [
    {
        "type": "function",
        "function": {"name": name, "description": "", "parameters": {"type": "object"}},
    }
    for name in ("get_book", "get_member")
]

MISTAKE = call("call_1", "get_book", {"id": "b-1"})
RIGHT = call("call_2", "get_book", {"book_id": "b-1"})
OTHER = call("call_3", "get_member", {"member_id": 7})
DIALOGUE = [
    {"role": "system", "content": "You help with books."},
    {"role": "user", "content": "Where is b-1, and who is 7?"},
    {"role": "assistant", "content": "Let me look.", "tool_calls": [MISTAKE]},
    result(MISTAKE, '{"error":"no argument id"}'),
    {"role": "assistant", "content": "", "tool_calls": [RIGHT, OTHER]},
    result(RIGHT, '{"shelf":"B7"}'),
    result(OTHER, '{"name":"Ana Ruiz"}'),
    {"role": "assistant", "content": "On B7; Ana Ruiz."},
]
PLAIN = example(
    DIALOGUE,
    [False, False, False, False, True, False, False, True],
    TOOLS,
    recovered=True,
)
