"""`agentscaler pool add`: a user's own folder, file or MCP server becomes the source of a run."""

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "clinic.json"
SERVER = Path(__file__).parents[1] / "unit" / "interfaces" / "mcp_server.py"
PETS = """
openapi: "3.0.0"
info: {title: Pet Shop, version: "1"}
paths:
  /pets/{petId}:
    get:
      operationId: getPet
      summary: Returns one pet.
      parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: The pet.}}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder as people have them."""
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    (folder / "clinic.json").write_text(EXAMPLE.read_text())
    (folder / "deep" / "pets.yaml").write_text(PETS)
    (folder / "torn.json").write_text('[{"name": "a')
    (folder / "README.md").write_text("# About these files\n")
    return folder


def sources_of(run: Path) -> list[str]:
    found: list[str] = json.loads((run / "settings.json").read_text())["sources"]
    return found


def lines_of(run: Path, output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / output).read_text().splitlines()]


def test_a_folder_is_recognised_counted_and_read(
    tmp_path: Path, mine: Path, program: Program
) -> None:
    run = tmp_path / "run"
    done = program("pool", "add", mine, "--run", run)
    text = " ".join(done.stdout.split())
    assert "1 functions, 1 openapi, 2 unreadable or of no known form" in text
    assert "1 bad_file" in text
    assert sources_of(run) == [str(mine)]
    assert {tool["source"] for tool in lines_of(run, "pool.jsonl")} == {"functions", "openapi"}
    (account,) = lines_of(run, "pool-sources.jsonl")
    assert (account["kept"], account["read"]) == (len(lines_of(run, "pool.jsonl")), 19)


def test_paths_are_added_to_what_the_run_has_and_the_pool_is_made_again(
    tmp_path: Path, mine: Path, program: Program
) -> None:
    run = tmp_path / "run"
    program("pool", "add", mine / "clinic.json", "--run", run)
    first = len(lines_of(run, "pool.jsonl"))
    done = program("pool", "add", mine / "deep", mine / "clinic.json", "--run", run)
    assert "input" in done.stderr
    assert sources_of(run) == [str(mine / "clinic.json"), str(mine / "deep")]
    assert len(lines_of(run, "pool.jsonl")) == first + 1
    program("graph", "--run", run)


def test_pool_with_sources_works_as_ever(tmp_path: Path, program: Program) -> None:
    run = tmp_path / "run"
    program("pool", "--run", run, "--source", EXAMPLE, "--seed", "7")
    assert sources_of(run) == [str(EXAMPLE)]


def test_a_live_server_is_kept_as_a_file_so_that_the_run_can_be_repeated(
    tmp_path: Path, program: Program
) -> None:
    run = tmp_path / "run"
    command = shlex.join([sys.executable, str(SERVER), "plain"])
    program("pool", "add", "--mcp-stdio", command, "--run", run)
    (path,) = sources_of(run)
    assert Path(path).parent == run / "sources"
    pool = (run / "pool.jsonl").read_bytes()
    (run / "pool.jsonl").unlink()
    program("pool", "--run", run)
    assert (run / "pool.jsonl").read_bytes() == pool
    assert {tool["service"] for tool in lines_of(run, "pool.jsonl")} == {"local.note-keeper"}
    program("pool", "add", "--mcp-stdio", command, "--run", run)
    assert sources_of(run) == [path]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["pool", "add", "--run", "{tmp}/r"], "There is nothing to add"),
        (["pool", "add", "{mine}"], "Missing option"),
        (["pool", "add", "{tmp}/absent", "--run", "{tmp}/r"], "no file or folder"),
        (["pool", "add", "{mine}/torn.json", "--run", "{tmp}/r"], "is not JSON"),
        (["pool", "add", "{mine}/README.md", "--run", "{tmp}/r"], "in a form that we know"),
        (["pool", "add", "{tmp}/void", "--run", "{tmp}/r"], "holds no API descriptions"),
        (["pool", "add", "{tmp}/junk", "--run", "{tmp}/r"], "None of the 1 files in"),
        (
            ["pool", "add", "--mcp-stdio", "no-such-program", "--run", "{tmp}/r"],
            "cannot be started",
        ),
        (
            ["pool", "add", "--mcp-http", "http://127.0.0.1:1", "--run", "{tmp}/r"],
            "cannot be asked",
        ),
        (["pool", "add", "--mcp-stdio", "'", "--run", "{tmp}/r"], "Close its quotation marks"),
        (
            ["pool", "add", "{mine}", "--mcp-header", "Bearer", "--run", "{tmp}/r"],
            "--mcp-header Bearer is no header",
        ),
        (["pool", "--seed", "1", "add", "{mine}", "--run", "{tmp}/r"], "behind the word add"),
        (["pool", "--source", "{mine}"], "Missing option '--run'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_ends_with_exit_code_2_and_says_what_to_do(
    tmp_path: Path, mine: Path, program: Program, arguments: list[str], complaint: str
) -> None:
    (tmp_path / "void").mkdir()
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "notes.txt").write_text("Some notes.")
    filled = [text.format(tmp=tmp_path, mine=mine) for text in arguments]
    done = program(*filled, check=False)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.replace("│", " ").split())
