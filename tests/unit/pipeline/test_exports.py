"""Exports of a run: whole or not there, and compared with the examples one by one."""

import hashlib
from pathlib import Path

import orjson
import pytest

from agentscaler.dataset import Example
from agentscaler.dataset.exports import FORMATS
from agentscaler.errors import InputError, RunFolderError
from agentscaler.pipeline.exports import check_export, export_dataset, exports_of
from agentscaler.runfolder import Fingerprint, RunFolder

CARD = "---\npretty_name: Books\nconfigs: []\n---\n\n# Books\n"
OUTPUTS = tuple(
    f"dataset/{name}" for name in ("train.jsonl", "held_out.jsonl", "domains.jsonl", "README.md")
)


def example(number: int, split: str, *, learned: bool = True) -> Example:
    """A dialogue with one call; without `learned`, the call is context only."""
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_book", "arguments": {"book_id": f"b-{number}"}},
    }
    messages = [
        {"role": "user", "content": f"Where is b-{number}?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "{}", "tool_call_id": "call_1", "name": "get_book"},
        {"role": "assistant", "content": "I cannot find it."},
    ]
    return Example.model_validate(
        {
            **dict.fromkeys(("trajectory", "task", "domain", "state", "engine"), "x"),
            **{"agent": "expert", "user": "scripted", "seed": 0, "kind": "read"},
            **{"id": f"x/{number:03}/0", "recovered": False, "split": split},
            **{"messages": messages, "tools": [{"type": "function"}], "fingerprints": ["0"]},
            "loss_mask": [False, learned, False, True],
        }
    )


def fill(folder: RunFolder, count: int, seed: int = 0) -> None:
    """Writes a training set of `count` examples, every third held out, every fifth a mistake."""
    made = [
        example(number, "train" if number % 3 else "held_out", learned=bool(number % 5))
        for number in range(count)
    ]
    with folder.stage("dataset", Fingerprint(stage="dataset", seed=seed), OUTPUTS) as out:
        for split in ("train", "held_out"):
            part = [one for one in made if one.split == split]
            out.write(f"dataset/{split}.jsonl", part)
        out.write_bytes("dataset/README.md", CARD.encode())
        out.count("out", count)
        out.commit()


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder.open(tmp_path / "run", create=True)
    fill(folder, 20)
    return folder


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_reads_back_as_the_examples_are(folder: RunFolder, name: str) -> None:
    path, record = export_dataset(folder, name)
    assert path == folder.path / "exports" / name
    assert record.complete
    assert sorted({*record.files, "export.json"}) == sorted(one.name for one in path.iterdir())
    check = check_export(folder, path)
    assert (check.examples, check.faults) == (20, ())


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_made_again_has_the_same_bytes(folder: RunFolder, name: str) -> None:
    def digests() -> dict[str, str]:
        path, _ = export_dataset(folder, name)
        return {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in path.iterdir()}

    assert digests() == digests()


def test_mistakes_lie_apart_where_the_trainer_knows_no_mask(folder: RunFolder) -> None:
    path, record = export_dataset(folder, "sharegpt")
    assert record.rows == {
        "train.jsonl": 11,
        "train_mistakes.jsonl": 2,
        "held_out.jsonl": 5,
        "held_out_mistakes.jsonl": 2,
    }
    card = (path / "README.md").read_text()
    assert "train_mistakes.jsonl" in card
    assert "# Books" in card


def test_the_exports_of_a_run_are_found(folder: RunFolder, tmp_path: Path) -> None:
    assert exports_of(folder) == []
    for name in ("trl", "openai"):
        export_dataset(folder, name)
    export_dataset(folder, "trl", tmp_path / "elsewhere")
    assert [path.name for path in exports_of(folder)] == ["openai", "trl"]
    assert check_export(folder, tmp_path / "elsewhere").faults == ()


def test_a_changed_file_is_noticed_before_it_is_read(folder: RunFolder) -> None:
    path, _ = export_dataset(folder, "trl")
    (path / "train.jsonl").write_bytes((path / "train.jsonl").read_bytes()[:-2])
    assert check_export(folder, path).faults == ("train.jsonl is missing or was changed",)


@pytest.mark.parametrize("name", ["trl", "openai", "tools-json", "sharegpt"])
@pytest.mark.parametrize("change", ["b-1?", "drop", "add", "empty"])
def test_a_row_that_is_not_the_examples_is_found_even_with_right_digests(
    folder: RunFolder, name: str, change: str
) -> None:
    path, _ = export_dataset(folder, name)
    file = path / "train.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    if change == "drop":
        lines = lines[1:]
    elif change == "add":
        lines.append(lines[-1])
    elif change == "empty":
        lines[0] = b"{}\n"
    else:
        lines[0] = lines[0].replace(b"b-1?", b"b-9?")
    file.write_bytes(b"".join(lines))
    record = orjson.loads((path / "export.json").read_bytes())
    content = file.read_bytes()
    record["files"]["train.jsonl"] = {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (path / "export.json").write_bytes(orjson.dumps(record))
    (fault,) = check_export(folder, path).faults
    assert fault in {
        "the example x/001/0 does not come back as it was",
        "train.jsonl holds more than the examples",
    }
    assert ("more than" in fault) == (change == "add")


def test_an_export_of_an_earlier_training_set_is_told_from_one_of_this(folder: RunFolder) -> None:
    path, _ = export_dataset(folder, "trl")
    fill(folder, 21, seed=1)
    assert check_export(folder, path).faults == ("it was made of another training set",)


def test_an_export_that_was_stopped_is_known_as_such_and_done_again(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(done: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    path, _ = export_dataset(folder, "trl")
    before = (path / "train.jsonl").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        export_dataset(folder, "trl", advanced=stop)
    assert (path / "train.jsonl").read_bytes() == before, "no half-written file takes its name"
    assert check_export(folder, path).faults == ("it was stopped before its end",)
    export_dataset(folder, "trl")
    assert check_export(folder, path).faults == ()
    assert not [one.name for one in path.iterdir() if one.name.endswith(".part")]


def test_a_folder_with_other_files_is_left_alone(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("words")
    with pytest.raises(InputError, match="not an export"):
        export_dataset(folder, "trl", tmp_path / "mine")
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_another_format_takes_the_place_of_the_one_before(
    folder: RunFolder, tmp_path: Path
) -> None:
    export_dataset(folder, "parquet", tmp_path / "out")
    path, record = export_dataset(folder, "trl", tmp_path / "out")
    assert sorted({*record.files, "export.json"}) == sorted(one.name for one in path.iterdir())


def test_a_run_without_a_training_set_names_the_command(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path / "run", create=True)
    with pytest.raises(RunFolderError, match=r"absent.*agentscaler dataset --run"):
        export_dataset(folder, "trl")


def test_an_unknown_format_is_answered_with_the_known_ones(folder: RunFolder) -> None:
    with pytest.raises(InputError, match=r"no format csv.*trl, openai"):
        export_dataset(folder, "csv")


def test_a_folder_without_an_export_cannot_be_checked(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no export"):
        check_export(folder, tmp_path)
