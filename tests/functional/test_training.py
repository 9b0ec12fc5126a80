"""Training from end to end on a CPU: a run's dialogues, two phases, an interruption between."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from agentscaler.dataset import Example
from agentscaler.engine import LocalEngine
from agentscaler.errors import RunFolderError
from agentscaler.interfaces.cli.main import app
from agentscaler.pipeline.training import Trained, TrainingRequest, train_run
from agentscaler.runfolder import RunFolder
from agentscaler.settings import Layer
from agentscaler.training import load_record, load_template
from agentscaler.training.steps import LogLine, read_log

pytestmark = pytest.mark.filterwarnings("default")  # torch and its friends warn of their own

PHASE = {
    "data": {"system": False, "most_tools": 2, "tokens": 9000},
    "learning_rate": 0.01,
    "epochs": 1,
    "batch_tokens": 2048,
    "max_length": 1024,
    "packing": False,
    "bf16": False,
    "gradient_checkpointing": False,
    "eval_tokens": 2000,
    "evaluate_every": 4,
    "eval_share": 0.2,
    "save_every": 2,
}
ADAPTERS = {"rank": 4, "targets": ["q_proj", "v_proj"]}


@dataclass
class Watch:
    """Sees how a training goes, and stops it when so many steps are done."""

    stop: int | None = None
    work: list[tuple[str, int]] = field(default_factory=list)

    def begun(self, work: str, done: int, total: int) -> None:
        self.work.append((work, done))

    def advanced(self, done: int) -> None:
        if self.work[-1][0] == "train":
            self.work.append(("train", done))
            if done == self.stop:
                raise KeyboardInterrupt


@pytest.fixture(scope="module")
def run(finished: Path) -> RunFolder:
    return RunFolder.open(finished)


@pytest.fixture(scope="module")
def recipe(run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe for a model of a few thousand weights, which begins as random numbers."""
    pytest.importorskip("trl", reason="needs the extra train")
    from tests.unit.training.tiny import save_tiny_model
    from tests.unit.training.trained import trained_tokenizer

    folder = tmp_path_factory.mktemp("tiny")
    template = load_template("compact")
    examples = list(islice(run.read("dataset/train.jsonl", Example), 6))
    tokenizer = trained_tokenizer(template, examples, size=900)
    model = save_tiny_model(folder / "model", tokenizer, template)
    file = folder / "tiny.yaml"
    phases = {"general": PHASE, "vertical": {**PHASE, "learning_rate": 0.003}}
    told = {"name": "tiny", "model": str(model), "template": "compact", "attention": "sdpa"}
    file.write_text(yaml.safe_dump({**told, **phases}))
    return file


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with LocalEngine(1) as opened:
        yield opened


@pytest.fixture(scope="module")
def general(
    run: RunFolder, recipe: Path, engine: LocalEngine, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    out = tmp_path_factory.mktemp("general") / "checkpoint"
    return train_run(run, TrainingRequest("general", str(recipe), out=out), engine, Watch())


def weights(out: Path) -> dict[str, object]:
    from safetensors.torch import load_file

    return {name: tensor.tolist() for name, tensor in load_file(out / "model.safetensors").items()}


def log(out: Path) -> list[LogLine]:
    return list(read_log(out / "log.jsonl"))


def test_a_phase_learns_and_leaves_a_checkpoint_that_knows_what_it_is(general: Trained) -> None:
    record = load_record(general.out)
    assert (record.template, record.system, record.trainer) == ("compact", False, "trl")
    (phase,) = record.phases
    losses = [line.loss for line in log(general.out) if line.loss is not None]
    evaluated = [line.eval_loss for line in log(general.out) if line.eval_loss is not None]
    assert len(losses) == phase.steps > 4
    assert losses[-1] < losses[0] - 0.2
    assert evaluated[-1] == phase.eval_loss
    assert log(general.out)[-1].tokens == phase.tokens <= 9000
    assert 0 < phase.learned_tokens < phase.tokens / 2
    assert {"config.json", "tokenizer.json", "chat_template.jinja", "README.md"} <= {
        entry.name for entry in general.out.iterdir()
    }
    assert not (general.out / "steps").exists()
    assert not (general.out / "data").exists()


def test_a_stopped_training_comes_to_the_same_losses_and_the_same_weights(
    general: Trained, run: RunFolder, recipe: Path, engine: LocalEngine, tmp_path: Path
) -> None:
    request = TrainingRequest("general", str(recipe), out=tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        train_run(run, request, engine, Watch(stop=5))
    watch = Watch()
    resumed = train_run(run, request, engine, watch)
    assert watch.work[:2] == [("train", 0), ("train", 4)], "it goes on, and encodes nothing again"
    assert log(resumed.out) == log(general.out)
    assert weights(resumed.out) == weights(general.out)
    assert resumed.record == general.record
    again = train_run(run, request, engine, Watch(stop=1))
    assert again.kept


def test_a_training_that_was_stopped_before_its_card_gets_the_card_and_nothing_else(
    general: Trained,
    run: RunFolder,
    recipe: Path,
    engine: LocalEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(facts: object) -> str:
        raise KeyboardInterrupt

    request = TrainingRequest("general", str(recipe), out=tmp_path / "cardless")
    with monkeypatch.context() as patched:
        patched.setattr("agentscaler.pipeline.training.render_model_card", stop)
        with pytest.raises(KeyboardInterrupt):
            train_run(run, request, engine, Watch())
    finished = train_run(run, request, engine, Watch(stop=1))
    assert finished.record == general.record
    assert (finished.out / "README.md").read_text() == (general.out / "README.md").read_text()


def test_other_settings_do_not_overwrite_a_training(
    general: Trained, run: RunFolder, recipe: Path, engine: LocalEngine
) -> None:
    layer = Layer("--set", {"general": {"learning_rate": 0.5}})
    request = TrainingRequest("general", str(recipe), [layer], out=general.out)
    with pytest.raises(RunFolderError, match=r"general.learning_rate was 0.01, is 0.5"):
        train_run(run, request, engine, Watch())
    assert load_record(general.out) == general.record


def test_the_second_phase_goes_on_from_the_first(
    general: Trained, run: RunFolder, recipe: Path, tmp_path: Path
) -> None:
    domain = next(run.read("dataset/train.jsonl", Example)).domain
    words = ["train", "--run", str(run.path), "--phase", "vertical", "--recipe", str(recipe)]
    words += ["--from", str(general.out), "--set", f"vertical.data.domains=['{domain}']"]
    words += ["--set", "vertical.data.tokens=4000", "--out", str(tmp_path / "vertical")]
    words += ["--workers", "1"]
    dry = CliRunner().invoke(app, [*words, "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "tasks set apart" in dry.output
    assert not (tmp_path / "vertical").exists()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    record = load_record(tmp_path / "vertical")
    assert [phase.phase for phase in record.phases] == ["general", "vertical"]
    assert record.phases[1].domains == 1
    first, *_ = (line.loss for line in log(tmp_path / "vertical") if line.loss is not None)
    started, *_ = (line.loss for line in log(general.out) if line.loss is not None)
    assert first is not None
    assert started is not None
    assert first < started - 0.2
    card = (tmp_path / "vertical" / "README.md").read_text()
    assert all(f"`{phase.data_fingerprint}`" in card for phase in record.phases)


def test_packed_rows_and_adapters_train_as_well(
    run: RunFolder, recipe: Path, engine: LocalEngine, tmp_path: Path
) -> None:
    pytest.importorskip("peft", reason="needs the extra train")
    changed = {"packing": True, "gradient_checkpointing": True, "lora": ADAPTERS}
    layer = Layer("--set", {"general": {**changed, "data": {"tokens": 8000}}})
    request = TrainingRequest("general", str(recipe), [layer], out=tmp_path / "adapters")
    trained = train_run(run, request, engine, Watch())
    before = weights(Path(yaml.safe_load(recipe.read_text())["model"]))
    after = weights(trained.out)
    changed_weights = {name for name in before if before[name] != after[name]}
    assert changed_weights
    assert all("q_proj" in name or "v_proj" in name for name in changed_weights)
    assert (trained.out / "adapter" / "adapter_config.json").exists()
    stopped = replace(request, out=tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        train_run(run, stopped, engine, Watch(stop=3))
    assert log(train_run(run, stopped, engine, Watch()).out) == log(trained.out)
