"""Rows in files."""

import io
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from agentscaler.dataset.exports import read_rows, row_writer
from agentscaler.dataset.exports.parquet import ParquetFormat
from agentscaler.errors import InputError, MissingExtraError

from ..dialogues import PLAIN

ROW = ParquetFormat().encode(PLAIN)["train.parquet"]


def write(path: Path, count: int) -> None:
    with path.open("wb") as file, row_writer(path.name, file) as writer:
        for _ in range(count):
            writer.write(ROW)


def test_a_parquet_file_has_text_where_json_would_have_any_keys(tmp_path: Path) -> None:
    write(tmp_path / "train.parquet", 2)
    schema = parquet.read_schema(tmp_path / "train.parquet")
    message = schema.field("messages").type.value_type
    function = message.field("tool_calls").type.value_type.field("function").type
    assert str(function.field("arguments").type) == str(schema.field("tools").type) == "string"
    assert str(schema.field("loss_mask").type) == "list<element: bool>"
    assert str(schema.field("seed").type) == "int64"


def test_parquet_goes_to_the_file_group_by_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentscaler.dataset.exports.storage._GROUP_CHARACTERS", 2000)
    write(tmp_path / "train.parquet", 100)
    groups = parquet.ParquetFile(tmp_path / "train.parquet").metadata.num_row_groups
    assert 10 < groups < 50
    assert len(list(read_rows(tmp_path / "train.parquet"))) == 100


def test_a_file_without_rows_is_a_file(tmp_path: Path) -> None:
    for name in ("train.parquet", "train.jsonl"):
        write(tmp_path / name, 0)
        assert list(read_rows(tmp_path / name)) == []


def test_what_is_not_parquet_or_not_json_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "train.parquet").write_bytes(b"PAR1 but no more")
    (tmp_path / "train.jsonl").write_bytes(b'{"a":1}\n{"a":\n')
    with pytest.raises(InputError, match=r"train\.parquet is not Parquet"):
        list(read_rows(tmp_path / "train.parquet"))
    with pytest.raises(InputError, match=r"train\.jsonl, line 2, is not JSON"):
        list(read_rows(tmp_path / "train.jsonl"))


def test_without_pyarrow_parquet_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"agentscaler\[parquet\]"):
        row_writer("train.parquet", io.BytesIO())
