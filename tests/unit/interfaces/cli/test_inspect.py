"""`agentscaler dataset inspect`: in the terminal, as a page, and its errors."""

import io
import re
from pathlib import Path

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("tokenizers")

from rich.console import Console
from typer.testing import CliRunner, Result

from agentscaler.interfaces.cli.inspect import print_mask
from agentscaler.interfaces.cli.main import app
from agentscaler.runfolder import RunFolder
from agentscaler.training import ByteTokenizer, load_template, render
from tests.unit.dataset.dialogues import PLAIN
from tests.unit.training.trained import trained_tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with one example in its training set, of which one reply is a mistake."""
    path = tmp_path_factory.mktemp("inspected") / "run"
    RunFolder.open(path, create=True)
    (path / "dataset").mkdir()
    (path / "dataset" / "train.jsonl").write_text(PLAIN.model_dump_json() + "\n")
    return path


def inspect(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["dataset", "inspect", "--run", str(folder), *arguments])


def test_what_is_learned_and_what_is_not_are_told_apart_without_colours(folder: Path) -> None:
    done = inspect(folder, "--template", "compact")
    assert done.exit_code == 0
    learned = re.findall(r"⟦(.*?)⟧", done.stdout, re.DOTALL)
    assert learned == [
        '<|call|>get_book {"book_id":"b-1"}<|call|>get_member {"member_id":7}<|end|>',
        "<|say|>On B7; Ana Ruiz.<|end|>",
    ]
    assert re.findall(r"⟨(.*?)⟩", done.stdout) == [
        '<|say|>Let me look.<|call|>get_book {"id":"b-1"}<|end|>'
    ]
    assert "equal for every token" in done.stdout


def test_what_is_learned_is_green_on_a_terminal() -> None:
    template = load_template("compact")
    assert template.family is not None
    rendered = render(PLAIN, template, ByteTokenizer(template.family.controls))
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=200, color_system="standard")
    print_mask(console, rendered, "compact", "bytes", full=True)
    assert "\x1b[1;32m<|say|>On B7; Ana Ruiz.<|end|>\x1b[0m" in file.getvalue()
    assert "\x1b[33m<|say|>Let me look." in file.getvalue()


def test_tokens_are_counted_with_the_tokenizer_that_is_given(folder: Path, tmp_path: Path) -> None:
    template = load_template("qwen3")
    tokenizer = trained_tokenizer(template, [PLAIN] * 5, 400)
    tokenizer.backend.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "chat_template.jinja").write_text(template.source)
    rendered = render(PLAIN, template, tokenizer)
    said = f"{len(rendered.ids):,} tokens, {rendered.learned:,} learned"
    for arguments in (
        ("--template", "qwen3", "--tokenizer", str(tmp_path)),
        ("--template", str(tmp_path)),
        ("--template", str(tmp_path / "chat_template.jinja")),
    ):
        assert said in inspect(folder, *arguments).stdout


def test_a_page_is_written_where_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "page.html"
    done = inspect(folder, "#1", "--template", "llama3", "--html", str(page))
    assert done.exit_code == 0
    assert str(page) in done.stdout.replace("\n", "")
    assert page.read_text().startswith("<!doctype html>")


def test_errors_say_what_would_do(folder: Path, tmp_path: Path) -> None:
    refused = tmp_path / "bad.jinja"
    refused.write_text("{{ strftime_now('%Y') }}")
    for arguments, told in {
        ("--template", "gpt"): "There is no chat template gpt.",
        ("--template", str(refused)): "is refused (clock)",
        ("--template", "qwen3", "--tokenizer", str(tmp_path)): "holds no tokenizer.json",
        ("nobody", "--template", "qwen3"): "There is no example nobody.",
    }.items():
        done = inspect(folder, *arguments)
        assert done.exit_code == 2
        assert told in done.stderr.replace("\n", "")
        assert len(done.stderr.strip().splitlines()) == 2
