"""A run held against benchmarks: what is planted is found, and building a training set refuses."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.dataset import Example
from agentscaler.dataset.contamination import ContaminationReport
from agentscaler.runfolder import RunFolder

Program = Callable[..., "subprocess.CompletedProcess[str]"]

POLICY = (
    "Whoever lends a telescope to a stranger writes down its serial number and waits by the gate "
    "until the moon has set."
)
REQUEST = (
    "I lent my telescope to a neighbour last winter and would like to have it back before the "
    "comet passes on Friday night."
)
SCHEMA = {
    "type": "object",
    "properties": {
        "telescopeId": {"type": "str"},
        "borrower": {"type": "str"},
        "nights": {"type": "int"},
    },
}


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A benchmark of our own, on disk."""
    path = tmp_path / "bench" / "set.json"
    path.parent.mkdir()
    tool = {"name": "lend_telescope", "description": POLICY, "parameters": SCHEMA}
    record = {"tools": [tool], "policy": POLICY, "question": REQUEST, "order": "TQ48213907"}
    path.write_text(json.dumps([record]))
    return path.parent


def planted(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the first example of the training set on disk."""
    path = run / "dataset" / "train.jsonl"
    first, *rest = path.read_text().splitlines(keepends=True)
    example = json.loads(first)
    change(example)
    path.write_text("".join([json.dumps(example, separators=(",", ":")) + "\n", *rest]))


def report_of(folder: Path) -> ContaminationReport:
    return ContaminationReport.model_validate_json((folder / "contamination.json").read_bytes())


def test_a_run_has_nothing_in_common_with_another_trade(
    tmp_path: Path, finished: Path, bench: Path, program: Program
) -> None:
    out = tmp_path / "out"
    done = program("contamination", finished, "--against", bench, "--out", out)
    assert "In common with benchmarks" in done.stdout
    report = report_of(out)
    assert not report.overlaps
    trained = list(RunFolder.open(finished).read("dataset/train.jsonl", Example))
    assert report.dialogues == len(trained)
    assert report.domains == len({example.domain for example in trained})
    assert not (finished / "contamination.md").exists()


def test_what_is_planted_is_found_with_its_place(
    tmp_path: Path, finished: Path, bench: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")

    def plant(example: dict[str, Any]) -> None:
        named = {"name": "TelescopeLend", "description": "Lends.", "parameters": SCHEMA}
        example["tools"].append({"type": "function", "function": named})
        example["messages"][0]["content"] += f"\n- {POLICY.upper()}"
        example["messages"][1]["content"] += f" {REQUEST}"
        tool = next(one for one in example["messages"] if one["role"] == "tool")
        tool["content"] = '{"order":"TQ48213907"}'

    planted(run, plant)
    first = json.loads((run / "dataset" / "train.jsonl").read_text().splitlines()[0])
    done = program(
        *("contamination", run, "--against", bench, "--workers", "2"),
        *("--fail-on", "names:0.9,policies"),
        check=False,
    )
    assert done.returncode == 1
    assert "overlaps are not allowed by --fail-on names:0.9,policies" in done.stdout
    report = report_of(run)
    found = {(one.kind.value, one.ours) for one in report.overlaps}
    domain, dialogue = first["domain"], first["id"]
    assert found == {
        ("names", f"tool TelescopeLend of {domain}"),
        ("schemas", f"tool TelescopeLend of {domain}"),
        ("policies", f"dialogue {dialogue}, system"),
        ("descriptions", f"dialogue {dialogue}, system"),
        ("intents", f"dialogue {dialogue}, user"),
        ("identifiers", f"dialogue {dialogue}, tool"),
    }
    text = (run / "contamination.md").read_text()
    assert "**2 overlaps are not allowed** by the limits: names:0.9, policies." in text
    assert "whoever lends a telescope to a stranger" in text


def test_the_number_of_workers_changes_no_byte(
    tmp_path: Path, finished: Path, bench: Path, program: Program
) -> None:
    for workers in ("1", "2"):
        program(
            *("contamination", finished, "--against", bench, "--against", finished),
            *("--out", tmp_path / workers, "--workers", workers),
        )
    one, two = ((tmp_path / n / "contamination.json").read_bytes() for n in ("1", "2"))
    assert one == two
    report = json.loads(one)
    kinds = {overlap["kind"] for overlap in report["overlaps"]}
    assert {"names", "schemas", "descriptions", "policies", "intents"} <= kinds, "of itself, all"


def test_no_training_set_is_made_of_what_the_settings_refuse(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    against = f"dataset.contamination.against=[{finished}]"
    limits = "dataset.contamination.fail_on=[names]"
    for _ in range(2):  # again: it does not slip through on resuming
        done = program("dataset", "--run", run, "--set", against, "--set", limits, check=False)
        assert done.returncode == 2
        assert "too much in common with benchmarks" in " ".join(done.stderr.split())
        assert (run / "dataset" / "contamination.md").exists()
    assert RunFolder.open(run).state("dataset") != "complete"
    allowed = program("dataset", "--run", run, "--set", "dataset.contamination.fail_on=[sources]")
    assert allowed.returncode == 0
    assert RunFolder.open(run).state("dataset") == "complete"


def test_a_pool_made_of_a_benchmarks_questions_is_told_by_its_form(
    tmp_path: Path, finished: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    path = run / "pool-sources.jsonl"
    source = json.loads(path.read_text().splitlines()[0])
    path.write_text(json.dumps({**source, "forms": {"acebench": 3}}) + "\n")
    done = program("contamination", run, "--fail-on", "sources", check=False)
    assert done.returncode == 1
    assert "3 files, " in done.stdout
    assert "in the form of acebench or bfcl" in done.stdout


def test_names_of_a_benchmark_are_printed(bench: Path, program: Program) -> None:
    printed = json.loads(program("contamination", "--names-of", bench).stdout)
    assert printed == {"bench": {"set.json": ["lend_telescope"]}}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["{run}", "--against", "tau3"], "There is no benchmark tau3"),
        (["{run}", "--fail-on", "colour"], "there is no kind 'colour'"),
        (["{tmp}/absent"], "There is no run in"),
        ([], "Missing argument 'RUN'"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    tmp_path: Path, finished: Path, program: Program, arguments: list[str], complaint: str
) -> None:
    filled = [text.format(run=finished, tmp=tmp_path) for text in arguments]
    done = program("contamination", *filled, check=False)
    assert done.returncode == 2
    assert complaint in " ".join(done.stderr.split())
