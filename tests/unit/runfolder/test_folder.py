"""`RunFolder`: opening, locking, what is up to date, reading, and disks without room."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.errors import RunFolderError
from agentscaler.runfolder import Fingerprint, RunFolder, StageState
from agentscaler.settings import Section

Work = Callable[..., None]

HOLDER = """
import sys, time
from agentscaler.runfolder import RunFolder
with RunFolder.open(sys.argv[1]).locked():
    print("locked", flush=True)
    time.sleep(60)
"""

FILLER = """
import resource, sys
from agentscaler.errors import RunFolderError
from agentscaler.runfolder import Fingerprint, RunFolder
folder = RunFolder.open(sys.argv[1], create=True)
if sys.argv[2] == "small":
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    with folder.stage("fill", Fingerprint(stage="fill"), ("fill.bin",)) as stage:
        for unit in range(stage.done_units, 100):
            stage.write_bytes("fill.bin", b"%0100d" % unit)
            stage.commit()
except RunFolderError as error:
    print(error)
"""


class Small(Section):
    seed: int = 0
    workers: int = 1


def test_a_missing_run_is_named_with_the_command_that_begins_one(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"no run in .*absent.*`agentscaler run --run"):
        RunFolder.open(tmp_path / "absent")


def test_a_folder_that_holds_other_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RunFolderError, match="not a run"):
        RunFolder.open(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="is a file"):
        RunFolder.open(tmp_path / "file", create=True)
    with pytest.raises(RunFolderError, match="cannot be used: Not a directory"):
        RunFolder.open(tmp_path / "file" / "below", create=True)


@pytest.mark.parametrize("content", [b"", b'{"stages": ', b'{"stages": {"pool": 3}}'])
def test_a_damaged_manifest_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(RunFolderError, match=r"manifest\.json is damaged"):
        RunFolder.open(tmp_path)


def test_a_run_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b'{"format": 99}')
    with pytest.raises(RunFolderError, match="format 99"):
        RunFolder.open(tmp_path)


def test_two_processes_cannot_write_one_run_and_a_dead_ones_lock_is_free(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(RunFolderError, match=f"Process {holder.pid} is writing"):
            folder.locked().__enter__()
        holder.send_signal(signal.SIGKILL)
    with folder.locked():
        assert (tmp_path / ".lock").read_text().strip() != str(holder.pid)


def test_a_full_disk_is_an_error_with_a_remedy_and_the_run_goes_on_later(tmp_path: Path) -> None:
    def fill(room: str) -> str:
        command = [sys.executable, "-c", FILLER, tmp_path, room]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "no room left. Free some space" in fill("small")
    record = RunFolder.open(tmp_path).record("fill")
    assert record is not None
    assert 0 < record.units < 100
    assert fill("large") == ""
    assert (tmp_path / "fill.bin").read_bytes() == b"".join(b"%0100d" % n for n in range(100))


def test_a_finished_stage_is_current_until_something_about_it_changes(
    undisturbed: Path, fingerprint: Fingerprint
) -> None:
    folder = RunFolder.open(undisturbed)
    assert folder.is_current("squares", fingerprint)
    changed = fingerprint.model_copy(update={"settings": {"size": 5, "deep": {"a": 2}}})
    assert not folder.is_current("squares", changed)
    assert folder.changes("squares", changed) == ["squares setting size was 1, is 5"]


def test_a_stage_whose_output_was_deleted_or_cut_is_not_current(
    undisturbed: Path, fingerprint: Fingerprint
) -> None:
    output = undisturbed / "squares.jsonl"
    output.write_bytes(output.read_bytes()[:-5])
    assert RunFolder.open(undisturbed).changes("squares", fingerprint) == [
        "squares.jsonl is missing or was changed"
    ]
    output.unlink()
    assert not RunFolder.open(undisturbed).is_current("squares", fingerprint)


def test_a_stage_is_stale_when_its_upstream_was_redone(
    tmp_path: Path, work: Work, fingerprint: Fingerprint
) -> None:
    work(tmp_path, fingerprint)
    folder = RunFolder.open(tmp_path)
    below = Fingerprint(stage="below", upstream=fingerprint.digest)
    with folder.stage("below", below, ("below.jsonl",)):
        pass
    assert folder.state("below") is StageState.COMPLETE
    work(tmp_path, fingerprint.model_copy(update={"seed": 4}))
    assert RunFolder.open(tmp_path).state("below") is StageState.STALE
    work(tmp_path, fingerprint)
    assert RunFolder.open(tmp_path).state("below") is StageState.COMPLETE


def test_a_finished_stage_knows_size_and_digest_of_its_outputs(undisturbed: Path) -> None:
    record = RunFolder.open(undisturbed).record("squares")
    assert record is not None
    assert sorted(record.outputs) == ["files", "squares.jsonl", "sub/odd.jsonl"]
    assert record.outputs["squares.jsonl"].bytes == (undisturbed / "squares.jsonl").stat().st_size
    assert record.outputs["files"].bytes == 6
    assert record.counters == {"out": 21}
    assert record.units == 6
    assert not (undisturbed / "squares.progress").exists()


def test_reading_passes_over_a_torn_last_line(undisturbed: Path, square: type) -> None:
    output = undisturbed / "squares.jsonl"
    whole = list(RunFolder.open(undisturbed).read("squares.jsonl", square))
    output.write_bytes(output.read_bytes() + b'{"of": 1')
    assert list(RunFolder.open(undisturbed).read("squares.jsonl", square)) == whole


def test_reading_names_file_and_line_of_a_damaged_record(undisturbed: Path, square: type) -> None:
    output = undisturbed / "squares.jsonl"
    output.write_bytes(output.read_bytes().replace(b'{"of":1,', b'{"off":1,', 1))
    with pytest.raises(RunFolderError, match=r"squares\.jsonl, line 3, is not a Square"):
        list(RunFolder.open(undisturbed).read("squares.jsonl", square))


def test_reading_a_missing_output_is_an_error(undisturbed: Path, square: type) -> None:
    with pytest.raises(RunFolderError, match=r"nothing\.jsonl is missing"):
        list(RunFolder.open(undisturbed).read("nothing.jsonl", square))


def test_settings_are_kept_without_what_does_not_belong_to_the_run(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    assert folder.settings == {}
    folder.save_settings(Small(seed=7, workers=8), exclude={"workers"})
    assert RunFolder.open(tmp_path).settings == {"seed": 7}


def test_damaged_settings_are_named(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    (tmp_path / "settings.json").write_text("{")
    with pytest.raises(RunFolderError, match=r"settings\.json is damaged"):
        _ = folder.settings
