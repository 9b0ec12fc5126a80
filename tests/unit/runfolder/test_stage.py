"""`StageWriter`: whatever happens to a stage, the same command ends in the same bytes."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscaler.runfolder import Fingerprint, RunFolder, StageState

Work = Callable[..., None]


def data_of(root: Path) -> dict[str, bytes]:
    """Every output of the small stage, by path."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in {"manifest.json", ".lock"}
    }


@pytest.mark.parametrize("unit", range(6))
def test_a_stage_interrupted_in_any_unit_ends_in_the_same_bytes(
    tmp_path: Path, work: Work, fingerprint: Fingerprint, undisturbed: Path, unit: int
) -> None:
    work(tmp_path / "run", fingerprint, interrupt_in=unit)
    assert RunFolder.open(tmp_path / "run").state("squares") is StageState.PARTIAL
    work(tmp_path / "run", fingerprint)
    assert data_of(tmp_path / "run") == data_of(undisturbed)
    resumed, whole = (
        RunFolder.open(root).record("squares") for root in (tmp_path / "run", undisturbed)
    )
    assert resumed is not None
    assert whole is not None
    assert resumed.model_copy(update={"seconds": whole.seconds}) == whole


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(unit=st.integers(0, 5), lost=st.integers(0, 400), garbage=st.binary(max_size=40))
def test_a_torn_progress_file_and_torn_outputs_end_in_the_same_bytes(
    work: Work, fingerprint: Fingerprint, undisturbed: Path, unit: int, lost: int, garbage: bytes
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        work(root, fingerprint, interrupt_in=unit)
        progress = root / "squares.progress"
        progress.write_bytes(progress.read_bytes()[: -lost or None] + garbage)
        with (root / "squares.jsonl").open("ab") as file:
            file.write(garbage)
        work(root, fingerprint)
        assert data_of(root) == data_of(undisturbed)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(unit=st.integers(1, 5), kept=st.integers(0, 200))
def test_an_output_that_lost_its_end_is_written_again_from_there(
    work: Work, fingerprint: Fingerprint, undisturbed: Path, unit: int, kept: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        work(root, fingerprint, interrupt_in=unit)
        output = root / "squares.jsonl"
        output.write_bytes(output.read_bytes()[:kept])
        work(root, fingerprint)
        assert data_of(root) == data_of(undisturbed)


def test_a_resumed_stage_does_no_unit_twice(
    tmp_path: Path, work: Work, fingerprint: Fingerprint
) -> None:
    work(tmp_path, fingerprint, interrupt_in=4)
    with RunFolder.open(tmp_path).stage(
        "squares", fingerprint, ("squares.jsonl", "sub/odd.jsonl"), ("files",)
    ) as stage:
        assert stage.done_units == 4
        assert stage.counters == {"out": 1 + 2 + 3 + 4}


def test_progress_under_other_settings_is_thrown_away(
    tmp_path: Path, work: Work, fingerprint: Fingerprint, undisturbed: Path
) -> None:
    work(tmp_path / "run", fingerprint.model_copy(update={"seed": 99}), interrupt_in=4)
    work(tmp_path / "run", fingerprint, interrupt_in=0)
    assert data_of(tmp_path / "run")["squares.jsonl"] == b""
    work(tmp_path / "run", fingerprint)
    assert data_of(tmp_path / "run") == data_of(undisturbed)


def test_files_of_an_earlier_make_do_not_stay_in_a_stage_folder(
    tmp_path: Path, work: Work, fingerprint: Fingerprint, undisturbed: Path
) -> None:
    work(tmp_path / "run", fingerprint.model_copy(update={"seed": 99}))
    (tmp_path / "run" / "files" / "old.txt").write_text("old")
    work(tmp_path / "run", fingerprint)
    assert data_of(tmp_path / "run") == data_of(undisturbed)


def test_uncommitted_records_are_not_in_a_finished_stage(
    tmp_path: Path, fingerprint: Fingerprint, square: type
) -> None:
    with RunFolder.open(tmp_path, create=True).stage("s", fingerprint, ("s.jsonl",)) as stage:
        stage.write("s.jsonl", [square(of=1, is_=1)])
        stage.commit()
        stage.write("s.jsonl", [square(of=2, is_=4)])
    assert (tmp_path / "s.jsonl").read_bytes() == b'{"of":1,"is_":1}\n'


def test_a_unit_larger_than_the_buffer_is_written_whole(
    tmp_path: Path, fingerprint: Fingerprint, square: type
) -> None:
    many = 300_000
    with RunFolder.open(tmp_path, create=True).stage("s", fingerprint, ("s.jsonl",)) as stage:
        stage.write("s.jsonl", (square(of=n, is_=n) for n in range(many)))
        stage.commit()
    assert sum(1 for _ in RunFolder.open(tmp_path).read("s.jsonl", square)) == many
