"""Families: the agent's turns are found in a text by the rules of its format."""

import pytest

from agentscaler.training.families import FAMILIES, Family, family_of

TEXTS = {
    "chatml": (
        "<|im_start|>system\nAn assistant\nfor all.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        "<|im_start|>assistant\nOne\n\ntwo.<|im_end|>\n<|im_start|>tool\nassistant\n<|im_end|>\n"
        "<|im_start|>assistant\n<tool_call>\n{}\n</tool_call><|im_end|>\n<|im_start|>assistant\n",
        ["One\n\ntwo.<|im_end|>", "<tool_call>\n{}\n</tool_call><|im_end|>"],
    ),
    "llama3": (
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n<|python_tag|>{}<|eom_id|>"
        "<|start_header_id|>ipython<|end_header_id|>\n\n7<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nIt is 7.<|eot_id|>",
        ["<|python_tag|>{}<|eom_id|>", "It is 7.<|eot_id|>"],
    ),
    "mistral": (
        "<s>[INST]Hi[/INST][TOOL_CALLS][{}, {}]</s>[TOOL_RESULTS]1[TOOL_CONTENT]a[/TOOL_RESULTS]"
        "[TOOL_RESULTS]2[TOOL_CONTENT]b[/TOOL_RESULTS]A and b.</s>[INST]Two[/INST][INST]in a row"
        "[/INST] Fine.</s>[INST]Bye[/INST]",
        ["[TOOL_CALLS][{}, {}]</s>", "A and b.</s>", " Fine.</s>"],
    ),
    "compact": (
        "<|system|>Help.<|end|><|user|>Hi<|end|><|agent|><|call|>f {}<|call|>g {}<|end|>"
        "<|result|>1<|end|><|result|>2<|end|><|agent|><|say|>1, 2.<|end|>",
        ["<|call|>f {}<|call|>g {}<|end|>", "<|say|>1, 2.<|end|>"],
    ),
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_agents_turns_are_read_from_the_text(family: Family) -> None:
    text, turns = TEXTS[family.name]
    assert [text[begin:end] for begin, end in family.own_spans(text)] == turns


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_text_is_of_its_own_family_only(family: Family) -> None:
    for name, (text, _) in TEXTS.items():
        assert bool(family.own_spans(text)) == (name == family.name)


def test_a_family_is_told_by_the_source_of_a_template() -> None:
    for family in FAMILIES:
        assert family_of(" ".join(family.marks)) is family
        assert set(family.tokens) <= set(family.controls)
    assert family_of("<start_of_turn>model") is None
