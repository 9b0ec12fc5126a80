"""A checkpoint in a run: what of it makes a rollout start again, and what is wrong with it."""

import shutil
from pathlib import Path

import pytest

from agentscaler.errors import SettingsError
from agentscaler.pipeline import Settings, stage_named
from agentscaler.pipeline.checkpoints import open_local
from agentscaler.pipeline.run import _fingerprint
from agentscaler.runfolder import Fingerprint, RunFolder
from agentscaler.training import load_record, save_record

pytest.importorskip("transformers", reason="needs the extra train")

from tests.unit.training.checkpoints import save_checkpoint


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_checkpoint(tmp_path_factory.mktemp("checkpoint"))


def settings(checkpoint: Path, **rollout: object) -> Settings:
    playing = {"agent": "local", "checkpoint": str(checkpoint), **rollout}
    return Settings.model_validate({"rollout": playing})


def fingerprint(tmp_path: Path, given: Settings) -> Fingerprint:
    folder = RunFolder.open(tmp_path / "run", create=True)
    return _fingerprint(folder, stage_named("rollout"), given)


def test_the_same_checkpoint_elsewhere_is_the_same(checkpoint: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(checkpoint, tmp_path / "other"))
    (other / "README.md").write_text("A card.")
    assert fingerprint(tmp_path, settings(checkpoint)) == fingerprint(tmp_path, settings(other))
    assert open_local(settings(checkpoint).rollout, 0).name == (
        open_local(settings(other).rollout, 0).name
    )


def test_another_one_is_another_input(checkpoint: Path, tmp_path: Path) -> None:
    other = save_checkpoint(tmp_path / "other", seed=1)
    before = fingerprint(tmp_path, settings(checkpoint))
    assert fingerprint(tmp_path, settings(other)).changes_since(before) == [
        "input checkpoint changed"
    ]


def test_how_it_was_trained_to_be_talked_to_counts(checkpoint: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(checkpoint, tmp_path / "other"))
    record = load_record(other)
    save_record(other, record.model_copy(update={"system": False}))
    before = fingerprint(tmp_path, settings(checkpoint))
    assert fingerprint(tmp_path, settings(other)) != before


@pytest.mark.parametrize(
    "changed", [{"temperature": 0.5}, {"max_new_tokens": 9}, {"most_tools": 8}]
)
def test_what_changes_what_it_plays_counts(
    checkpoint: Path, tmp_path: Path, changed: dict[str, object]
) -> None:
    before = fingerprint(tmp_path, settings(checkpoint))
    after = fingerprint(tmp_path, settings(checkpoint, **changed))
    (change,) = after.changes_since(before)
    assert next(iter(changed)) in change


def test_a_folder_without_a_checkpoint_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"rollout\.checkpoint cannot be played") as error:
        fingerprint(tmp_path, settings(tmp_path))
    assert "agentscaler train" in error.value.remedy


def test_a_local_agent_without_a_checkpoint_is_no_setting() -> None:
    with pytest.raises(ValueError, match="the agent local needs a checkpoint"):
        Settings.model_validate({"rollout": {"agent": "local"}})
