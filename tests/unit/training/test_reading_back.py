"""What a template renders of a turn is read back as that turn."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("jinja2", reason="needs the extra templates")
pytest.importorskip("tokenizers", reason="needs the extra templates")

from agentscaler.dataset import Example
from agentscaler.training import ByteTokenizer, ChatTemplate, FileTokenizer, render
from agentscaler.training.conversation import Conversation
from agentscaler.training.families import ReadTurn
from agentscaler.training.probes import probes
from agentscaler.training.rendering import conversation_of


def told(conversation: Conversation, place: int) -> tuple[str, str, list[tuple[str, Any]]]:
    """A message of the agent as a turn should have it."""
    message = conversation.messages[place]
    calls = [call["function"] for call in message.get("tool_calls", ())]
    return (
        message.get("reasoning_content", ""),
        message["content"],
        [(call["name"], call["arguments"]) for call in calls],
    )


def read(turn: ReadTurn) -> tuple[str, str, list[tuple[str, Any]]]:
    calls = [(name, orjson.loads(arguments)) for name, arguments in turn.calls]
    return turn.thinking, turn.words, calls


def check(example: Example, template: ChatTemplate, tokenizer: Any) -> int:
    """Holds each turn of a rendered dialogue against what is read of it."""
    made = render(example, template, tokenizer)
    conversation = conversation_of(example, template, tokenizer)
    assert template.family is not None
    for turn in made.turns:
        written = made.text[turn.begin : turn.end]
        assert read(template.family.read_turn(written)) == told(conversation, turn.message)
    return len(made.turns)


def test_every_turn_of_real_dialogues_is_read_back(
    real: Sequence[Example], template: ChatTemplate, tokenizers: dict[str, FileTokenizer]
) -> None:
    assert sum(check(one, template, tokenizers[template.name]) for one in real) > 100


def test_tokens_of_a_turn_become_its_text_again(
    real: Sequence[Example], template: ChatTemplate, tokenizers: dict[str, FileTokenizer]
) -> None:
    tokenizer = tokenizers[template.name]
    for example in real[:20]:
        made = render(example, template, tokenizer)
        for segment in made.segments():
            ids = made.ids[segment.first : segment.last]
            assert tokenizer.decode(ids) == made.text[segment.begin : segment.end]


def test_every_turn_of_the_probes_is_read_back(template: ChatTemplate) -> None:
    for probe in probes(thinking=True):
        assert check(probe, template, ByteTokenizer())


NAMES = st.from_regex(r"\A[a-z_][\w.-]{0,12}\Z")
CONTROLS = st.sampled_from(
    ["<|end|>", "<|im_end|>", "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "</s>", "<think>"]
)
TEXTS = st.lists(st.text(max_size=12) | CONTROLS, max_size=4).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
CALLS = st.lists(st.tuples(NAMES, st.dictionaries(TEXTS, VALUES, max_size=3)), max_size=3)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=TEXTS, thinking=TEXTS, calls=CALLS)
def test_any_turn_is_read_back(
    template: ChatTemplate, words: str, thinking: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    message: dict[str, Any] = {"role": "assistant", "content": words}
    if thinking:
        message["reasoning_content"] = thinking
    if calls:
        message["tool_calls"] = [
            {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": given}}
            for n, (name, given) in enumerate(calls)
        ]
    probe = probes(thinking=False)[0]
    messages = [{"role": "user", "content": "Go on."}, message]
    example = probe.model_copy(update={"messages": messages, "loss_mask": [False, True]})
    assert check(example, template, ByteTokenizer()) == 1
