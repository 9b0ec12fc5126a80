"""`accept_template` and `check_example`: what may be trained with, and why the rest may not."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")
pytest.importorskip("tokenizers", reason="needs the extra templates")


from agentscaler.training import (
    ByteTokenizer,
    ChatTemplate,
    FileTokenizer,
    Refusal,
    TemplateRefusedError,
    accept_template,
    load_template,
    template_names,
)
from agentscaler.training.probes import probes
from tests.unit.training.trained import MERGES_LINE_BREAKS, trained_tokenizer

GENERATION = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
TURN = "<|im_start|>{{ m.role }}\n"


def refusal(
    template: ChatTemplate, tokenizer: FileTokenizer | ByteTokenizer, **options: bool
) -> Refusal:
    with pytest.raises(TemplateRefusedError) as refused:
        accept_template(template, tokenizer, **options)
    return refused.value.reason


def changed(name: str, *changes: tuple[str, str]) -> ChatTemplate:
    source = load_template(name).source
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    return ChatTemplate(f"{name}, changed", source)


def byte_tokenizer(name: str) -> ByteTokenizer:
    family = load_template(name).family
    assert family is not None
    return ByteTokenizer(family.controls)


def test_the_programs_own_templates_are_accepted(
    template: ChatTemplate, tokenizer: FileTokenizer
) -> None:
    accept_template(template, tokenizer)


def test_the_names_are_those_of_the_families() -> None:
    assert template_names() == ("compact", "hermes", "llama3", "mistral", "qwen2.5", "qwen3")


def test_a_template_that_drops_a_tools_result_is_refused() -> None:
    template = changed("qwen3", ("'\\n<tool_response>\\n' ~ content", "'\\n<tool_response>\\n'"))
    assert refusal(template, byte_tokenizer("qwen3")) == Refusal.DROPS_TEXT


def test_a_template_that_knows_no_parallel_calls_is_refused() -> None:
    template = changed(
        "hermes", ("in message.tool_calls or []", "in (message.tool_calls or [])[:1]")
    )
    assert refusal(template, byte_tokenizer("hermes")) == Refusal.DROPS_TEXT


def test_a_template_that_drops_the_tools_is_refused() -> None:
    template = changed("compact", ("{%- if loop.first and tools %}", "{%- if false %}"))
    assert refusal(template, byte_tokenizer("compact")) == Refusal.DROPS_TEXT


def test_a_template_without_a_place_for_thinking_will_do_where_there_is_none() -> None:
    template = changed("qwen2.5", ("if message.reasoning_content else", "if false else"))
    assert refusal(template, byte_tokenizer("qwen2.5")) == Refusal.DROPS_TEXT
    accept_template(template, byte_tokenizer("qwen2.5"), thinking=False)


def test_a_template_that_strips_earlier_thinking_is_refused() -> None:
    """As the stock template of Qwen3 does: a turn looks otherwise once others follow."""
    template = changed(
        "qwen3",
        ("{{- '<think>\\n' ~ (", "{{- '' if not loop.last else '<think>\\n' ~ ("),
    )
    assert refusal(template, byte_tokenizer("qwen3")) == Refusal.NOT_AS_IN_INFERENCE


def test_a_template_that_moves_the_tools_to_the_last_user_is_refused() -> None:
    """As the stock templates of Mistral do."""
    template = changed(
        "mistral",
        (
            "{{- '[AVAILABLE_TOOLS]' ~ (tools | tojson) ~ '[/AVAILABLE_TOOLS]' if tools else '' }}",
            "",
        ),
        (
            "{{- '[INST]' ~ content",
            "{%- set last = messages | selectattr('role', 'equalto', 'user') | list | last %}"
            "{{- '[AVAILABLE_TOOLS]' ~ (tools | tojson) ~ '[/AVAILABLE_TOOLS]' "
            "if tools and message == last else '' }}{{- '[INST]' ~ content",
        ),
    )
    assert refusal(template, byte_tokenizer("mistral")) == Refusal.NOT_AS_IN_INFERENCE


def test_another_generation_prompt_than_the_turns_header_is_refused() -> None:
    template = changed(
        "llama3",
        (
            "'<|start_header_id|>assistant<|end_header_id|>\\n\\n' if add_generation_prompt",
            "'<|start_header_id|>assistant<|end_header_id|>\\n' if add_generation_prompt",
        ),
    )
    assert refusal(template, byte_tokenizer("llama3")) == Refusal.NOT_AS_IN_INFERENCE


def test_a_turn_that_ends_without_a_control_token_is_refused() -> None:
    """Of a family that is not known: two ways to the mask agree, and a model would never stop."""
    source = (
        "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{% generation %}"
        "{{ m.content }}!{% endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    assert refusal(ChatTemplate("spoken", source), ByteTokenizer()) == Refusal.NO_END_OF_TURN


def test_a_tokenizer_of_another_family_is_refused(tokenizers: dict[str, FileTokenizer]) -> None:
    for name in ("qwen3", "llama3", "mistral"):
        template = load_template(name)
        assert refusal(template, tokenizers["compact"]) == Refusal.CONTROL_TOKENS


def test_a_tokenizer_that_merges_line_breaks_with_what_follows_is_refused() -> None:
    template = load_template("qwen2.5")
    tokenizer = trained_tokenizer(template, probes(thinking=True) * 9, 700, MERGES_LINE_BREAKS)
    assert refusal(template, tokenizer) == Refusal.STRADDLING_TOKEN


def test_markers_around_nothing_are_refused() -> None:
    source = (
        "{% for m in messages %}" + TURN + "{% generation %}{% endgeneration %}"
        "{{ m.content }}<|im_end|>\n{% endfor %}" + GENERATION
    )
    assert refusal(ChatTemplate("idle", source), byte_tokenizer("qwen3")) == Refusal.NOT_AS_DERIVED


TRL = importlib.util.find_spec("trl")


@pytest.mark.skipif(TRL is None, reason="needs the extra train")
@pytest.mark.parametrize(
    ("name", "thinking", "reason"),
    [
        ("qwen3_training", True, None),
        ("qwen2_5", False, None),
        ("qwen3_instruct_2507_training", False, None),
        ("qwen3_instruct_2507_training", True, Refusal.DROPS_TEXT),
        ("qwen2_5_training", False, Refusal.NOT_AS_DERIVED),  # a header's line break is learned
        ("llama3_training", False, Refusal.DROPS_TEXT),  # it knows no calls
        ("llama3_1", False, Refusal.UNREADABLE),  # it raises on parallel calls
        ("llama3_2", False, Refusal.CLOCK),
        ("qwen3", True, Refusal.NOT_AS_IN_INFERENCE),
    ],
)
def test_templates_that_trl_brings_along_are_told_apart(
    name: str, thinking: bool, reason: Refusal | None
) -> None:
    assert TRL is not None
    assert TRL.origin is not None
    template = load_template(str(Path(TRL.origin).parent / "chat_templates" / f"{name}.jinja"))
    assert template.family is not None
    tokenizer = ByteTokenizer(template.family.controls)
    if reason is None:
        accept_template(template, tokenizer, thinking=thinking)
    else:
        assert refusal(template, tokenizer, thinking=thinking) == reason
