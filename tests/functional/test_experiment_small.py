"""A whole experiment with our small model: dialogues, tokenizer, training, episodes, report."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]

pytest.importorskip("torch")
pytest.importorskip("transformers")

SMALL = (
    *("--sizes", "1,3", "--seeds", "0", "--tokens", "12000"),
    *("--set", "rules.max_tokens=3000", "--set", "rules.max_calls=6"),
    *("--set", "trial.held_out=2", "--set", "trial.tasks=1", "--set", "trial.unseen=0"),
    *("--set", "trial.max_turns=2", "--set", "small.max_new_tokens=8"),
    *("--set", "small.vocabulary=400"),
    *("--set", 'small.training.model={"hidden":32,"layers":2,"head":16}'),
)


def test_the_small_model_learns_and_plays_and_is_reported(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "out"
    words = ("experiment", "scaling", "--run", finished, "--out", out, *SMALL)
    program(*words)
    results = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert [one["size"] for one in results] == [1, 3]
    for one in results:
        phases = json.loads((out / "points" / one["id"] / "phase-0.json").read_text())
        assert phases["tokens"] >= 12_000
        record = next((out / "points" / one["id"] / "phase-0").rglob("agentscaler.json"))
        phase = json.loads(record.read_text())["phases"][0]
        assert phase["tokens"] == phases["tokens"]
        assert phase["learned_tokens"] == phases["learned"]
        assert phase["domains"] == one["size"]
        assert phase["eval_loss"] > 0
    assert (out / "report" / "table.md").exists()
    before = (out / "results.jsonl").read_bytes()
    program(*words)
    assert (out / "results.jsonl").read_bytes() == before
