"""What a phase begins with."""

from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.training import CheckpointRecord, save_record
from agentscaler.training.starting import open_model, template_for


def checkpoint(folder: Path, template: str = "compact") -> Path:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    record = CheckpointRecord(template=template, thinking=True, max_length=99, trainer="trl")
    save_record(folder, record)
    return folder


def test_a_checkpoint_of_ours_is_known_as_one(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "c")
    for ours in (True, False):
        model = open_model(str(folder), ours=ours)
        assert model.record is not None
        assert model.record.max_length == 99
    before = model.digest
    (folder / "model.safetensors").write_bytes(b"Weights")
    assert open_model(str(folder)).digest != before


def test_another_model_has_no_record_and_a_digest_of_what_it_is(tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "c")
    (folder / "agentscaler.json").unlink()
    model = open_model(str(folder))
    assert model.record is None
    (folder / "config.json").write_text("{ }")
    assert open_model(str(folder)).digest != model.digest
    with pytest.raises(InputError, match=r"it holds no agentscaler.json"):
        open_model(str(folder), ours=True)


def test_a_folder_without_a_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no config.json"):
        open_model(str(tmp_path))
    with pytest.raises(InputError, match="There is no checkpoint"):
        open_model(str(tmp_path / "nowhere"), ours=True)


def test_a_checkpoint_goes_on_with_its_own_template_only(tmp_path: Path) -> None:
    model = open_model(str(checkpoint(tmp_path / "c")))
    assert template_for(model, "compact").name == "compact"
    with pytest.raises(
        InputError, match="chat template compact, and the recipe has qwen3"
    ) as error:
        template_for(model, "qwen3")
    assert "--set template=compact" in error.value.remedy
