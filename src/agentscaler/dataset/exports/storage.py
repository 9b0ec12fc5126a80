"""Rows in files: JSON lines, or Parquet, written and read a few at a time."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Protocol, Self

from pydantic_core import from_json, to_json

from agentscaler.dataset.example import Example
from agentscaler.dataset.exports.format import Row
from agentscaler.dataset.exports.values import ORIGIN_FEATURES
from agentscaler.errors import InputError, MissingExtraError

__all__ = ["RowWriter", "read_rows", "row_writer"]

_GROUP_CHARACTERS = 16 * 1024 * 1024
"""Rows are held back until they come to about so much, and then go to the file as one group."""

_BATCH = 64
"""Rows that are read at once."""


class RowWriter(AbstractContextManager["RowWriter"], Protocol):
    """Takes the rows of one file; leaving it ends the file, which stays open."""

    def write(self, row: Row) -> None: ...


def row_writer(name: str, file: BinaryIO) -> RowWriter:
    """A writer of the kind that the file's name says.

    Raises:
        MissingExtraError: it is a Parquet file and pyarrow is not installed.
    """
    return _ParquetWriter(file) if name.endswith(".parquet") else _LineWriter(file)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, in order.

    Raises:
        InputError: the file is not what its name says.
        MissingExtraError: it is a Parquet file and pyarrow is not installed.
    """
    return _parquet_rows(path) if path.suffix == ".parquet" else _line_rows(path)


class _LineWriter(AbstractContextManager["_LineWriter"]):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: Row) -> None:
        self._file.write(to_json(row) + b"\n")

    def __exit__(self, *raised: object) -> None:
        return None


class _ParquetWriter(AbstractContextManager["_ParquetWriter"]):
    def __init__(self, file: BinaryIO) -> None:
        self._arrow = _pyarrow()
        from pyarrow import parquet

        self._schema = _schema(self._arrow)
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Row] = []
        self._characters = 0

    def __enter__(self) -> Self:
        return self

    def write(self, row: Row) -> None:
        self._rows.append(row)
        self._characters += len(row["tools"])
        self._characters += sum(len(message["content"]) for message in row["messages"])
        if self._characters >= _GROUP_CHARACTERS:
            self._flush()

    def __exit__(self, *raised: object) -> None:
        if raised[0] is None:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
        self._rows, self._characters = [], 0


def _line_rows(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                row = from_json(line, cache_strings="keys")
            except ValueError as error:
                raise InputError(
                    f"{path}, line {number}, is not JSON: {error}.", "Export it again."
                ) from error
            yield row


def _parquet_rows(path: Path) -> Iterator[Row]:
    arrow = _pyarrow()
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                yield from batch.to_pylist()
    except arrow.ArrowException as error:
        raise InputError(f"{path} is not Parquet: {error}.", "Export it again.") from error


def _schema(arrow: ModuleType) -> Any:
    """The Arrow schema of the columns of `tools-json`."""
    text, flag = arrow.string(), arrow.bool_()
    types = {"string": text, "bool": flag, "int64": arrow.int64()}
    function = arrow.struct([("name", text), ("arguments", text)])
    call = arrow.struct([("id", text), ("type", text), ("function", function)])
    message = arrow.struct(
        [
            ("role", text),
            ("content", text),
            ("tool_calls", arrow.list_(call)),
            ("tool_call_id", text),
            ("name", text),
        ]
    )
    columns = {
        feature["name"]: arrow.list_(text) if "list" in feature else types[feature["dtype"]]
        for feature in ORIGIN_FEATURES
    }
    columns |= {"messages": arrow.list_(message), "tools": text, "loss_mask": arrow.list_(flag)}
    return arrow.schema([(name, columns[name]) for name in Example.model_fields])


def _pyarrow() -> ModuleType:
    try:
        import pyarrow
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs the package pyarrow, which is not installed.",
            "Install it with `pip install 'agentscaler[parquet]'`.",
        ) from error
    module: ModuleType = pyarrow
    return module
