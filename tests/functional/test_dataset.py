"""The training set of a run: its table and card, its exports, and the way back from an example."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from agentscaler.dataset import DatasetDomain, Example
from agentscaler.dataset.exports import FORMATS
from agentscaler.runfolder import RunFolder

Program = Callable[..., "subprocess.CompletedProcess[str]"]
Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, finished: Path, program: Program) -> Path:
    """A copy of the run, exported in every format."""
    run = shutil.copytree(finished, tmp_path_factory.mktemp("exported") / "run")
    program("dataset", "export", "--run", run, "--format", "all")
    return run


def test_the_command_prints_what_the_training_set_holds(finished: Path, program: Program) -> None:
    table = program("dataset", "--run", finished).stdout
    train = sum(1 for _ in RunFolder.open(finished).read("dataset/train.jsonl", Example))
    [row] = [line.split() for line in table.splitlines() if line.split()[:1] == ["train"]]
    assert row[1] == f"{train:,}"
    assert "tokens are estimated, 4 characters each" in table


def test_every_example_leads_to_the_record_it_names(finished: Path) -> None:
    folder = RunFolder.open(finished)
    domains = {one.id: one for one in folder.read("dataset/domains.jsonl", DatasetDomain)}
    count = 0
    for split in ("train", "held_out"):
        for example in folder.read(f"dataset/{split}.jsonl", Example):
            tools = domains[example.domain].tools
            assert [tool["function"]["name"] for tool in example.tools] == [t.name for t in tools]
            assert example.fingerprints == [tool.fingerprint for tool in tools]
            assert (example.split, example.engine) == (split, domains[example.domain].engine)
            count += 1
    assert count == sum(domain.examples for domain in domains.values())


def test_the_card_counts_what_the_files_hold(finished: Path) -> None:
    folder = RunFolder.open(finished)
    card = (finished / "dataset" / "README.md").read_text()
    _, front, body = card.split("---\n", 2)
    files = {one["split"]: one["path"] for one in yaml.safe_load(front)["configs"][0]["data_files"]}
    counts = {
        split: len((finished / "dataset" / path).read_text().splitlines())
        for split, path in files.items()
    }
    assert f"{sum(counts.values()):,} dialogues in English" in body
    [row] = [line for line in body.splitlines() if line.startswith("| dialogues |")]
    assert row == f"| dialogues | {' | '.join(f'{n:,}' for n in counts.values())} |"
    record = folder.record("filter")
    assert record is not None
    assert f"kept {record.counters['out']:,} of {record.counters['in']:,} dialogues" in body
    assert record.fingerprint.digest[:16] in body
    assert str(finished) not in card, "a card is to be published: no path of this machine"


def test_every_export_comes_back_as_the_examples_are(exported: Path, program: Program) -> None:
    told = program("dataset", "check", "--run", exported).stdout
    assert told.count("examples come back as they were") == len(FORMATS)


def test_an_export_that_was_changed_fails_the_check(
    tmp_path: Path, exported: Path, program: Program
) -> None:
    run = shutil.copytree(exported, tmp_path / "run")
    path = run / "exports" / "openai" / "train.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"weight":1', b'"weight":0', 1))
    done = program("dataset", "check", "--run", run, check=False)
    assert done.returncode == 2
    assert "train.jsonl is missing or was changed" in done.stdout
    assert "1 of 5 exports are not what the run holds" in " ".join(done.stderr.split())


def test_an_export_can_lie_anywhere(tmp_path: Path, finished: Path, program: Program) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    out = tmp_path / "out"
    program("dataset", "export", "--run", run, "--format", "sharegpt", "--out", out)
    described = json.loads((out / "dataset_info.json").read_text())
    assert all((out / entry["file_name"]).stat().st_size for entry in described.values())
    assert not (run / "exports").exists()
    told = program("dataset", "check", "--run", run, "--out", out).stdout
    assert "examples come back as they were" in told


def test_a_killed_export_is_made_anew_with_the_same_bytes(
    tmp_path: Path, exported: Path, program: Program, started: Started
) -> None:
    run = shutil.copytree(exported, tmp_path / "run")
    record = run / "exports" / "trl" / "export.json"
    with started("dataset", "export", "--run", run, "--format", "trl") as process:
        while process.poll() is None and json.loads(record.read_bytes())["complete"]:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    program("dataset", "export", "--run", run, "--format", "trl")
    for path in (exported / "exports" / "trl").iterdir():
        assert (run / "exports" / "trl" / path.name).read_bytes() == path.read_bytes(), path.name


def test_an_example_is_shown_with_the_way_back_to_the_api(finished: Path, program: Program) -> None:
    text = program("show", "example", "#1", "--run", finished).stdout
    for part in (
        *("learned  assistant", "context  user", "Verdict of the funnel\nkept", "Trajectory "),
        *("proof: holds", "certificate: ", "as in the domain", "read by functions", "licence "),
    ):
        assert part in text, part


def test_names_of_a_benchmarks_tools_are_held_against_ours_and_redo_the_card(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    domains = list(RunFolder.open(run).read("dataset/domains.jsonl", DatasetDomain))
    ours = next(domain for domain in domains if domain.split == "train").tools[0].name
    names = tmp_path / "names.json"
    names.write_text(json.dumps({"bench": [ours, "no_such_tool"]}))
    program("dataset", "--run", run, "--set", f"dataset.contamination.against=[{names}]")
    card = (run / "dataset" / "README.md").read_text()
    assert "| names.json | 2 | 1 | - |" in card
    assert f": `{ours}`." in card
    assert str(tmp_path) not in card
    names.write_text(json.dumps({"bench": ["no_such_tool"]}))
    assert "names.json changed" in program("dataset", "--run", run).stderr
    assert "| names.json | 1 | 0 | - |" in (run / "dataset" / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["export", "--run", "{run}", "--format", "csv"], "There is no format csv"),
        (["export", "--run", "{tmp}/absent"], "There is no run in"),
        (["check", "--run", "{run}"], "holds no export. Make one with"),
        (["--run", "{run}", "export", "--run", "{run}"], "behind the word export"),
        (["--run", "{run}", "--set", "dataset.contamination.against=[tau3]"], "no benchmark"),
        ([], "Missing option '--run'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_answered_with_what_to_do(
    tmp_path: Path, finished: Path, program: Program, arguments: list[str], complaint: str
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    filled = [text.format(run=run, tmp=tmp_path) for text in arguments]
    done = program("dataset", *filled, check=False)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
