"""`load_template`: our own templates, and those that lie beside a tokenizer."""

import json
from pathlib import Path

import pytest

pytest.importorskip("jinja2", reason="needs the extra templates")


from agentscaler.errors import InputError
from agentscaler.training import ChatTemplate, load_template, template_names

SOURCE = "{{ bos_token }}{% for m in messages %}[INST]{{ m.content }}[/INST]{% endfor %}"
MESSAGES = [{"role": "user", "content": "Hi"}]


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(InputError, match="There is no chat template qwen9") as error:
        load_template("qwen9")
    assert all(name in error.value.remedy for name in template_names())


def test_a_jinja_file_is_a_template(tmp_path: Path) -> None:
    file = tmp_path / "mine.jinja"
    file.write_text("Hi, {{ messages[0].content }}")
    assert load_template(str(file)).render(MESSAGES) == ("Hi, Hi", [])


@pytest.mark.parametrize("token", ["<s>", {"content": "<s>", "lstrip": False}])
def test_a_tokenizers_configuration_gives_template_and_tokens(
    tmp_path: Path, token: str | dict[str, object]
) -> None:
    file = tmp_path / "tokenizer_config.json"
    file.write_text(json.dumps({"chat_template": SOURCE, "bos_token": token, "pad_token": None}))
    for path in (file, tmp_path):
        template = load_template(str(path))
        assert template.render(MESSAGES)[0] == "<s>[INST]Hi[/INST]"
        assert template.family is not None
        assert template.family.name == "mistral"


def test_of_several_templates_the_one_for_tools_is_taken(tmp_path: Path) -> None:
    named = [{"name": "default", "template": "a"}, {"name": "tool_use", "template": "b"}]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
    assert load_template(str(tmp_path)).source == "b"


def test_a_file_of_its_own_comes_before_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": "old"}))
    (tmp_path / "chat_template.jinja").write_text("new")
    assert load_template(str(tmp_path)).source == "new"


@pytest.mark.parametrize("text", ["{}", "not JSON", "[]"])
def test_a_configuration_without_a_template_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer_config.json").write_text(text)
    with pytest.raises(InputError):
        load_template(str(tmp_path))


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no chat template"):
        load_template(str(tmp_path))


def test_the_tokenizers_tokens_are_seen_and_the_templates_own_come_first() -> None:
    tokens = {"bos_token": "<s>"}
    assert ChatTemplate("t", "{{ bos_token }}").render([], special_tokens=tokens)[0] == "<s>"
    own = ChatTemplate("t", "{{ bos_token }}", {"bos_token": "<b>"})
    assert own.render([], special_tokens=tokens)[0] == "<b>"
