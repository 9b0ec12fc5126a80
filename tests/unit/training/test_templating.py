"""Chat templates run as transformers runs them, generation markers included."""

import importlib.util
from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")


from agentscaler.dataset import Example
from agentscaler.training import ChatTemplate, FileTokenizer, render
from agentscaler.training.rendering import conversation_of
from agentscaler.training.templating import (
    ClockError,
    TemplateError,
    compile_template,
    run_template,
)


def run(source: str, messages: Sequence[dict[str, Any]] = ()) -> tuple[str, list[str]]:
    text, spans = run_template(
        compile_template(source), messages, [], {}, add_generation_prompt=False
    )
    return text, [text[begin:end] for begin, end in spans]


def test_what_stands_between_markers_is_noted_and_the_markers_are_gone() -> None:
    source = (
        "a{% generation %}b{% endgeneration %}c{% for n in [1, 2] %}"
        "{% generation %}{{ n }}{% if n == 2 %}!{% endif %}{% endgeneration %},{% endfor %}"
    )
    assert run(source) == ("abc1,2!,", ["b", "1", "2!"])


def test_private_characters_in_a_dialogue_are_no_markers() -> None:
    said = "".join(map(chr, range(0xF0000, 0xF0006)))
    source = "{{ messages[0].content }}{% generation %}x{% endgeneration %}"
    assert run(source, [{"content": said}]) == (f"{said}x", ["x"])


def test_a_marker_that_ends_before_it_begins_is_an_error() -> None:
    source = "{{ generation_ends }}{% generation %}x{% endgeneration %}"
    with pytest.raises(TemplateError, match="not in pairs"):
        run(source)


def test_json_keeps_letters_and_order_and_escapes_nothing_for_html() -> None:
    source = "{{ messages[0] | tojson }}"
    assert run(source, [{"b": "é<'", "a": [1]}])[0] == '{"b": "é<\'", "a": [1]}'


def test_blocks_leave_no_blank_lines() -> None:
    assert run("{% if true %}\n  x\n    {% endif %}\ny")[0] == "  x\ny"


def test_a_template_can_neither_ask_for_the_date_nor_reach_out_of_its_sandbox() -> None:
    with pytest.raises(ClockError):
        run("{{ strftime_now('%Y') }}")
    with pytest.raises(TemplateError):
        run("{{ messages.append(1) }}")
    with pytest.raises(TemplateError):
        run("{{ ''.__class__.__mro__ }}")


@pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="needs the extra train"
)
@pytest.mark.filterwarnings("default")
def test_transformers_renders_tokenizes_and_masks_in_the_same_way(
    real: Sequence[Example], template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    from transformers import PreTrainedTokenizerFast

    theirs = PreTrainedTokenizerFast(tokenizer_object=tokenizer.backend)
    theirs.chat_template = template.source
    for one in [example for example in real if not example.has_unlearned_replies][:6]:
        ours = render(one, template, tokenizer)
        conversation = conversation_of(one, template, tokenizer)
        options: dict[str, Any] = {"tools": list(conversation.tools)}
        messages = [dict(message) for message in conversation.messages]
        assert theirs.apply_chat_template(messages, tokenize=False, **options) == ours.text
        made = theirs.apply_chat_template(
            messages, return_dict=True, return_assistant_tokens_mask=True, **options
        )
        assert tuple(made["input_ids"]) == ours.ids
        assert tuple(map(bool, made["assistant_masks"])) == ours.mask
