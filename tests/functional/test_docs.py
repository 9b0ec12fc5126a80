"""Everything the docs show works: Python blocks run, commands and options exist, links lead on."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from agentscaler.domain.verticals import vertical_names
from agentscaler.domain.verticals.load import draft_vertical
from agentscaler.interfaces.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|`)(agentscaler [^`\n]+)", re.MULTILINE)
TARGET = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks_of(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(page.read_text()) if name == language]


def page_name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks_of(page, "python")], ids=page_name
)
def test_the_python_of_a_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "page"}
    for number, block in enumerate(blocks_of(page, "python"), 1):
        exec(compile(block, f"{page_name(page)} block {number}", "exec"), namespace)


def commands_of(page: Path) -> list[str]:
    return [text.strip() for text in COMMAND.findall(page.read_text())]


@pytest.mark.parametrize(
    ("page", "line"),
    [(page, line) for page in PAGES for line in commands_of(page)],
    ids=lambda value: value if isinstance(value, str) else page_name(value),
)
def test_a_command_in_the_docs_is_one_that_the_program_takes(page: Path, line: str) -> None:
    words = shlex.split(re.split(r" [|>&]", line)[0], comments=True)
    program = typer.main.get_command(app)
    commands: dict[str, Any] = program.commands  # type: ignore[attr-defined]  # it is a group
    assert words[1] in commands or words[1].startswith("--"), f"no command {words[1]}"
    if words[1] in commands:
        commands[words[1]].make_context(words[1], words[2:])


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_make_targets_and_links_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    makefile = (ROOT / "Makefile").read_text()
    missing = [name for name in TARGET.findall(text) if not re.search(f"^{name}:", makefile, re.M)]
    dead = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    assert (missing, dead) == ([], [])


def test_the_commands_are_found_at_all() -> None:
    assert len(commands_of(ROOT / "README.md")) >= 12


def test_the_example_runs() -> None:
    example = ROOT / "examples" / "clinic.py"
    done = subprocess.run([sys.executable, example], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\d+ tasks, [1-9]\d* dialogues kept$", done.stdout, re.MULTILINE)
    assert "changed: {" in done.stdout


def test_the_example_of_an_own_agent_tells_good_agents_from_bad_ones() -> None:
    example = ROOT / "examples" / "own_agent.py"
    done = subprocess.run([sys.executable, example], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rates = dict(re.findall(r"^(\S+) +pass\^1 +([\d.]+)%", done.stdout, re.MULTILINE))
    assert rates["expert"] == "100.0"
    assert 0 < float(rates["slipping:0.2"]) < 100
    assert rates["polite"] == "0.0"


def module_lines() -> list[str]:
    """The line of each module in docs/architecture.md: its name and its docstring's first line."""
    package = ROOT / "src" / "agentscaler"
    lines = []
    for path in sorted(package.rglob("*.py")):
        tools = path.name == "tools.py" and "verticals" in path.parts  # data: read, never imported
        if not path.name.startswith("__") and not tools:
            words = ast.get_docstring(ast.parse(path.read_text())) or ""
            first = re.split(r"(?<=[.?])\s", words.replace("\n", " "))[0]
            lines.append(f"- `{path.relative_to(package).as_posix()}`: {first}")
    return lines


def test_the_architecture_has_a_true_line_for_each_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert [line for line in page.splitlines() if line.startswith("- `")] == module_lines()


def test_the_table_of_verticals_is_true() -> None:
    page = (ROOT / "docs" / "verticals.md").read_text()
    row = re.compile(
        r"^\| `(\w+)` \|[^|]*\| ([\w ]+) \| (\d+) \| (\d+) \((\d+)\) \| (\d+) \|", re.M
    )
    told = {name: figures for name, *figures in row.findall(page)}
    assert list(told) == list(vertical_names())
    for name, figures in told.items():
        draft = draft_vertical(name)
        writes = sum(tool.effect == "write" for tool in draft.tools)
        counts = [len(draft.tables), len(draft.tools), writes, len(draft.rules)]
        assert figures == [draft.speaker or "the staff", *map(str, counts)], name
