"""`CheckpointRecord`: what lies beside the weights, and the digest of all that decides the play."""

from math import inf, isnan, nan
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.training import (
    CheckpointRecord,
    PhaseRecord,
    digest_checkpoint,
    load_record,
    save_record,
    template_of,
)
from agentscaler.training.checkpoint import RECORD

PHASE = PhaseRecord(
    phase="general",
    seed=3,
    steps=12,
    tokens=4_000,
    learned_tokens=900,
    loss=1.25,
    eval_loss=1.5,
    data_fingerprint="ab12",
    domains=16,
    examples=40,
)
MADE = CheckpointRecord(
    template="compact", thinking=False, max_length=2_048, trainer="small", phases=(PHASE, PHASE)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint's folder, with files that only look like weights and tokenizer."""
    for name in ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_text(name)
    save_record(tmp_path, MADE)
    return tmp_path


def test_a_record_comes_back_as_it_was_saved(folder: Path) -> None:
    assert load_record(folder) == MADE


def test_a_loss_that_is_no_number_comes_back_too(folder: Path) -> None:
    lost = PHASE.model_copy(update={"loss": nan, "eval_loss": inf})
    save_record(folder, MADE.model_copy(update={"phases": (lost,)}))
    (phase,) = load_record(folder).phases
    assert isnan(phase.loss)
    assert phase.eval_loss == inf


def test_a_folder_that_is_missing_or_holds_no_record_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no checkpoint .*gone") as error:
        load_record(tmp_path / "gone")
    assert "agentscaler train" in error.value.remedy
    with pytest.raises(InputError, match=r"it holds no agentscaler\.json"):
        load_record(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "the whole: Invalid JSON"),
        ("[]", "the whole"),
        (MADE.model_dump_json().replace('"format":1', '"format":2'), "format: "),
        (MADE.model_dump_json().replace('"steps":12', '"steps":-1'), "phases.0.steps: "),
    ],
)
def test_a_record_that_cannot_be_read_says_where(folder: Path, text: str, told: str) -> None:
    (folder / RECORD).write_text(text)
    with pytest.raises(InputError, match="is no record of a checkpoint") as error:
        load_record(folder)
    assert told in error.value.what


def test_the_template_is_one_of_ours_or_the_folders_own(folder: Path) -> None:
    assert template_of(folder, MADE).name == "compact"
    own = MADE.model_copy(update={"template": "chat_template.jinja"})
    with pytest.raises(InputError, match=r"chat_template\.jinja, which is not there"):
        template_of(folder, own)
    (folder / "chat_template.jinja").write_text("<|im_start|>{{ messages }}<|im_end|>")
    (folder / "tokenizer_config.json").write_text("{}")
    family = template_of(folder, own).family
    assert family is not None
    assert family.name == "chatml"
    with pytest.raises(InputError, match="wants the chat template elsewhere"):
        template_of(folder, MADE.model_copy(update={"template": "elsewhere"}))


def test_the_digest_covers_what_decides_the_play_and_nothing_else(folder: Path) -> None:
    before = digest_checkpoint(folder)
    for other in ("optimizer.pt", "trainer_state.json", "README.md"):
        (folder / other).write_text("anything")
    assert digest_checkpoint(folder) == before
    digests = {before}
    for name in ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"):
        (folder / name).write_text("changed")
        digests.add(digest_checkpoint(folder))
    save_record(folder, MADE.model_copy(update={"system": False}))
    digests.add(digest_checkpoint(folder))
    assert len(digests) == 6


def test_the_digest_does_not_depend_on_where_the_folder_lies(folder: Path) -> None:
    before = digest_checkpoint(folder)
    moved = folder.rename(folder.with_name("elsewhere"))
    assert digest_checkpoint(moved) == before


def test_a_checkpoint_without_weights_has_no_digest(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="holds no weights"):
        digest_checkpoint(folder)
