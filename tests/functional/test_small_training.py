"""The small model from end to end: a run's dialogues, from nothing, two phases, an interruption."""

from itertools import islice
from pathlib import Path

import pytest
import yaml

from agentscaler.dataset import Example
from agentscaler.engine import LocalEngine
from agentscaler.errors import RunFolderError
from agentscaler.pipeline.training import Trained, TrainingRequest, plan_training, train_run
from agentscaler.runfolder import RunFolder
from agentscaler.settings import Layer
from agentscaler.training import load_record, load_tokenizer

pytest.importorskip("torch", reason="needs the extra train")
pytest.importorskip("transformers", reason="needs the extra train")
pytest.importorskip("datasets", reason="needs the extra train")


PHASE = {
    "data": {"system": False, "most_tools": 2, "tokens": 9_000},
    "tokens": 40_000,
    "batch_tokens": 1_024,
    "max_length": 1_024,
    "packing": False,
    "eval_tokens": 2_000,
    "eval_share": 0.2,
}
LOOP = {
    "model": {"hidden": 32, "layers": 2, "head": 16},
    "warmup_steps": 4,
    "save_steps": 1,
    "log_steps": 1,
    "precision": "float32",
}


class Watch:
    """Stops a training when so many steps are done."""

    def __init__(self, stop: int | None = None) -> None:
        self._stop = stop
        self._work = ""

    def begun(self, work: str, done: int, total: int) -> None:
        self._work = work

    def advanced(self, done: int) -> None:
        if self._work == "train" and self._stop is not None and done >= self._stop:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def run(finished: Path) -> RunFolder:
    return RunFolder.open(finished)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("recipe") / "toy.yaml"
    told = {"name": "toy", "model": "nothing", "trainer": "small", "template": "compact"}
    phases = {"general": PHASE, "vertical": {**PHASE, "tokens": 4_000}}
    small = {"vocabulary": 600, "fit_dialogues": 20, "general": LOOP, "vertical": LOOP}
    file.write_text(yaml.safe_dump({**told, "thinking": False, **phases, "small": small}))
    return file


def train(run: RunFolder, request: TrainingRequest, stop: int | None = None) -> Trained:
    with LocalEngine(1) as engine:
        return train_run(run, request, engine, Watch(stop))


def test_two_phases_from_nothing_and_an_interrupted_one_comes_to_the_same_weights(
    run: RunFolder, recipe: Path, tmp_path: Path
) -> None:
    whole = TrainingRequest("general", str(recipe), out=tmp_path / "whole")
    with LocalEngine(1) as engine:
        told = plan_training(run, whole, engine, Watch())
    first = train(run, whole)
    stopped = TrainingRequest("general", str(recipe), out=tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        train(run, stopped, stop=3)
    other = [Layer("--set", {"small": {"general": {"matrix_rate": 0.5}}})]
    with pytest.raises(RunFolderError, match="holds another training"):
        train(run, TrainingRequest("general", str(recipe), other, out=tmp_path / "stopped"))
    second = train(run, stopped)
    weights = [one / "model.safetensors" for one in (first.out, second.out)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    assert first.record == second.record == load_record(first.out)
    assert train(run, whole).kept
    phase = first.record.phases[0]
    assert phase.data_fingerprint == told.plan.chosen.fingerprint
    assert phase.tokens == pytest.approx(told.plan.tokens, rel=0.1)
    assert phase.eval_loss is not None
    assert phase.eval_loss < 5.5  # 6.4 for one who knows nothing
    left = {one.name for one in first.out.iterdir()}
    assert {"README.md", "log.jsonl", "chat_template.jinja", "tokenizer.json"} <= left
    assert not left & {"small", "data", "steps"}
    example = next(islice(run.read("dataset/train.jsonl", Example), 1))
    assert load_tokenizer(first.out).encode(example.domain).ids

    vertical = [Layer("--set", {"vertical": {"data": {"domains": [example.domain]}}})]
    went_on = train(
        run,
        TrainingRequest(
            "vertical", str(recipe), vertical, str(first.out), out=tmp_path / "vertical"
        ),
    )
    assert [one.phase for one in went_on.record.phases] == ["general", "vertical"]
    assert went_on.record.phases[0] == phase
    assert went_on.record.phases[1].domains == 1
