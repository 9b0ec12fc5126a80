from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.prompts import filled, find_home, read_prompts
from tests.unit.evaluation.acebench.small import write_checkout, write_data


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write_checkout(tmp_path)


def test_texts_are_read_by_language_and_no_module_is_imported(home: Path) -> None:
    english, chinese = read_prompts(home, "en"), read_prompts(home, "zh")
    assert (english.opening, chinese.opening) == ("What is it?", "?")
    assert english.turn_system == "Agent of a multi_turn. "
    assert english.step_history == "May call {functions}. So far:\n{history}"
    assert english.digest != chinese.digest


def test_the_checkout_is_the_one_named_or_the_one_around_the_data(home: Path) -> None:
    data = write_data(home)
    assert find_home(None, data) == home
    assert find_home(None, data / "data_en") == home
    assert find_home(home, Path("elsewhere")) == home


def test_data_alone_are_refused_with_what_to_give(tmp_path: Path) -> None:
    data = write_data(tmp_path)
    with pytest.raises(InputError, match="--home"):
        find_home(None, data)
    with pytest.raises(InputError, match="no checkout"):
        find_home(data, data)


def test_a_checkout_that_lacks_a_text_is_refused(home: Path) -> None:
    file = home / "model_inference" / "prompt_en.py"
    file.write_text(file.read_text().replace("BASE_PROMPT_EN", "OTHER"))
    with pytest.raises(InputError, match="BASE_PROMPT_EN"):
        read_prompts(home, "en")
    file.write_text("not python at all (")
    with pytest.raises(InputError, match="no Python that parses"):
        read_prompts(home, "en")
    file.unlink()
    with pytest.raises(InputError, match="cannot be read"):
        read_prompts(home, "en")


def test_places_are_filled_by_name_alone() -> None:
    assert filled("{{a}} {b}", {"b": "{c}"}) == "{a} {c}"
    for template in ("{other}", "{b.__class__}", "{b!r}", "{b:>9}", "{", "{}"):
        with pytest.raises(InputError):
            filled(template, {"b": "x"})
