"""`render`: text, tokens and mask of real dialogues, held against three other ways to the mask."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")
pytest.importorskip("tokenizers", reason="needs the extra templates")

from hypothesis import HealthCheck, given, settings

from agentscaler.dataset import Example
from agentscaler.training import (
    NOT_LEARNED,
    ByteTokenizer,
    ChatTemplate,
    FileTokenizer,
    Refusal,
    TemplateRefusedError,
    check_example,
    derive_mask,
    load_template,
    render,
    template_names,
)
from tests.unit.dataset.dialogues import PLAIN, example, examples
from tests.unit.training.own_words import own_words
from tests.unit.training.trained import MERGES_LINE_BREAKS, trained_tokenizer


def test_the_real_dialogues_hold_everything_that_is_hard(real: Sequence[Example]) -> None:
    roles = [[message["role"] for message in one.messages] for one in real]
    calls = [len(m.get("tool_calls", ())) for one in real for m in one.messages]
    thoughts = [m for one in real for m in one.messages if m.get("reasoning_content")]
    assert max(calls) > 1
    assert any(pair == ("tool", "tool") for turns in roles for pair in pairwise(turns))
    assert any(one.has_unlearned_replies for one in real)
    assert any('"error"' in m["content"] for one in real for m in one.messages)
    assert len(thoughts) > 30


def test_a_mask_is_equal_to_the_one_read_from_the_text_for_every_token(
    real: Sequence[Example], template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    assert template.family is not None
    learned = tokens = 0
    for one in real:
        made = render(one, template, tokenizer)
        flags = [
            flag
            for m, flag in zip(one.messages, one.loss_mask, strict=True)
            if m["role"] == "assistant"
        ]
        derived = derive_mask(made.text, made.spans, template.family, flags)
        assert list(made.mask) == derived
        learned, tokens = learned + made.learned, tokens + len(made.ids)
    assert 0 < learned < tokens / 2


def test_what_is_learned_decodes_to_what_the_messages_say_and_nothing_else(
    real: Sequence[Example], template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    assert template.family is not None
    for one in real:
        made = render(one, template, tokenizer)
        wanted = own_words(one, template.name, template.family.controls)
        flags = [one.loss_mask[turn.message] for turn in made.turns]
        said = [text for text, flag in zip(wanted, flags, strict=True) if flag]
        ids = [token for token, flag in zip(made.ids, made.mask, strict=True) if flag]
        assert tokenizer.backend.decode(ids, skip_special_tokens=False) == "".join(said)


def test_only_what_follows_the_agents_header_is_learned_by_the_tokens_alone(
    real: Sequence[Example], tokenizers: dict[str, FileTokenizer]
) -> None:
    """A machine over ids, without text: `<|im_start|>`, "assistant", line break, then the turn."""
    tokenizer, template = tokenizers["hermes"], load_template("hermes")
    start, end = (tokenizer.encode(one).ids for one in ("<|im_start|>", "<|im_end|>"))
    header = (*start, *tokenizer.encode("assistant").ids, *tokenizer.encode("\n").ids)
    for one in real:
        if one.has_unlearned_replies:
            continue
        made = render(one, template, tokenizer)
        flags, inside = [], False
        for place, token in enumerate(made.ids):
            flags.append(inside)
            if inside and token == end[0]:
                inside = False
            elif made.ids[max(0, place + 1 - len(header)) : place + 1] == header:
                inside = True
        assert list(made.mask) == flags


def test_a_real_dialogue_is_whole_and_begins_every_turn_as_inference_does(
    real: Sequence[Example], template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    for one in real[::5]:
        check_example(one, template, tokenizer)


def test_a_mistake_is_context_and_the_repair_is_learned(
    template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    made = render(PLAIN, template, tokenizer)
    learned = [turn.learned for turn in made.turns]
    assert learned == [False, True, True]
    for turn in made.turns:
        own = [
            flag
            for (begin, end), flag in zip(made.spans, made.mask, strict=True)
            if turn.begin <= begin and end <= turn.end
        ]
        assert own
        assert set(own) == {turn.learned}


def test_labels_are_the_ids_where_the_loss_is_taken(
    template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    made = render(PLAIN, template, tokenizer)
    for token, label, learned in zip(made.ids, made.labels, made.mask, strict=True):
        assert label == (token if learned else NOT_LEARNED)


def test_segments_cover_text_and_tokens_once(
    template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    made = render(PLAIN, template, tokenizer)
    segments = made.segments()
    assert "".join(made.text[one.begin : one.end] for one in segments) == made.text
    numbers = [number for one in segments for number in range(one.first, one.last)]
    assert numbers == list(range(len(made.ids)))
    assert [one.turn for one in segments if one.turn is not None] == list(made.turns)
    for one in segments:
        wanted = one.turn is not None and one.turn.learned
        assert set(made.mask[one.first : one.last]) == {wanted}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(one=examples())
def test_no_text_however_nasty_moves_the_mask(one: Example) -> None:
    safe = one.model_copy(update={"tools": [], "fingerprints": []})  # theirs are no functions
    for name in template_names():
        template = load_template(name)
        assert template.family is not None
        made = render(safe, template, ByteTokenizer(template.family.controls))
        wanted = own_words(safe, name, template.family.controls)
        assert [made.text[turn.begin : turn.end] for turn in made.turns] == wanted


def test_a_template_without_markers_gets_its_mask_from_the_generation_prompt(
    real: Sequence[Example], template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    source = template.source
    for tag in ("{%- generation %}", "{%- endgeneration %}"):
        assert tag in source
        source = source.replace(tag, "")
    bare = ChatTemplate(template.name, source)
    for one in real[:3]:
        assert render(one, bare, tokenizer) == render(one, template, tokenizer)


def test_a_token_across_the_edge_of_a_turn_is_refused() -> None:
    template = load_template("qwen2.5")
    quoted = example(
        [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": '"Yes," I said.'}]
    )
    tokenizer = trained_tokenizer(template, [quoted] * 20, 400, MERGES_LINE_BREAKS)
    with pytest.raises(TemplateRefusedError) as refused:
        render(quoted, template, tokenizer)
    assert refused.value.reason == Refusal.STRADDLING_TOKEN
    assert """the token '\\n"' stands across""" in str(refused.value)
    right = trained_tokenizer(template, [quoted] * 20, 400)
    assert render(quoted, template, right).learned


def test_the_agents_words_may_begin_with_anything_in_the_compact_format() -> None:
    template = load_template("compact")
    quoted = example([{"role": "assistant", "content": '"Yes," I said.'}])
    tokenizer = trained_tokenizer(template, [quoted] * 20, 400, MERGES_LINE_BREAKS)
    assert render(quoted, template, tokenizer).learned


CHATML = "{% for m in messages %}<|im_start|>{{ m.role }}\n"


@pytest.mark.parametrize(
    ("reason", "source"),
    [
        (
            Refusal.NOT_AS_DERIVED,  # the header is marked as well
            "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}"
            "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endgeneration %}{% else %}"
            "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endif %}\n{% endfor %}",
        ),
        (
            Refusal.NOT_AS_DERIVED,  # the end-of-turn token is not
            CHATML + "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
            "{% endgeneration %}{% else %}{{ m.content }}{% endif %}<|im_end|>\n{% endfor %}",
        ),
        (
            Refusal.NOT_AS_DERIVED,  # the user is, too
            CHATML + "{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}\n{% endfor %}",
        ),
        # without a generation prompt, a header counts as the agent's
        (Refusal.NOT_AS_DERIVED, CHATML + "{{ m.content }}<|im_end|>\n{% endfor %}"),
        (
            Refusal.NOT_AS_IN_INFERENCE,
            CHATML + "{{ m.content }}<|im_end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|im_start|>assistant:\n{% endif %}",
        ),
        (
            Refusal.NO_MASK,
            "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
            "{% if add_generation_prompt %}assistant: {% endif %}",
        ),
        (Refusal.UNREADABLE, "{% for m in messages %}"),
        (Refusal.UNREADABLE, "{{ raise_exception('roles must alternate') }}"),
        (Refusal.CLOCK, "{{ strftime_now('%d %b %Y') }}"),
    ],
)
def test_a_template_whose_mask_is_wrong_is_refused_with_the_reason(
    reason: Refusal, source: str
) -> None:
    one = example(
        [
            {"role": "user", "content": "How deep is the well?"},
            {"role": "assistant", "content": "Nine metres."},
        ]
    )
    template = ChatTemplate("a template", source)
    with pytest.raises(
        TemplateRefusedError, match=f"a template is refused \\({reason}\\)"
    ) as error:
        render(one, template, ByteTokenizer(("<|im_start|>", "<|im_end|>")))
    assert error.value.reason == reason
    assert error.value.remedy


def test_markers_that_reach_over_the_line_break_after_a_turn_do_not_make_it_learned() -> None:
    generous = CHATML + (
        "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>\n"
        "{% endgeneration %}{% else %}{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
    )
    one = example([{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}])
    made = render(one, ChatTemplate("generous", generous), ByteTokenizer(("<|im_end|>",)))
    assert [made.text[turn.begin : turn.end] for turn in made.turns] == ["Hello.<|im_end|>"]
    assert made.learned == len("Hello.") + 1
