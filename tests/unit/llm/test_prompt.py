"""`Prompt`: a file with blanks."""

import pytest

from agentscaler.llm.prompt import Prompt

PROMPT = Prompt("greeting.md", 1, "Hello {{name}}, it is {{day}}.", "0")


def test_blanks_are_filled_and_what_is_filled_in_is_not_read_again() -> None:
    assert PROMPT.fill(name="{{day}}", day="Monday") == "Hello {{day}}, it is Monday."


@pytest.mark.parametrize("values", [{"name": "Ana"}, {"name": "Ana", "day": "1", "mood": "good"}])
def test_a_blank_without_a_value_and_a_value_without_a_blank_are_refused(
    values: dict[str, str],
) -> None:
    with pytest.raises(ValueError, match=r"greeting\.md.*(day|mood)"):
        PROMPT.fill(**values)


def test_purpose_and_version_stand_at_the_top_and_no_model_sees_them() -> None:
    prompt = Prompt.read("agentscaler.rollout", "user.md")
    assert prompt.version >= 1
    assert "<!--" not in prompt.text
    assert len(prompt.digest) == 64
