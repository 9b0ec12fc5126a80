"""Parquet: the columns of `tools-json`, each of one fixed type, in files by columns."""

from collections.abc import Mapping
from typing import Any

from agentscaler.dataset.example import Example, Split
from agentscaler.dataset.exports.chat import ToolsJsonFormat
from agentscaler.dataset.exports.format import Row

__all__ = ["ParquetFormat"]


class ParquetFormat(ToolsJsonFormat):
    """A file a split; a message without calls has none, rather than an empty list."""

    name = "parquet"
    title = "Parquet, tools and arguments as JSON strings"
    loading = (
        '`load_dataset("DIR")` or any reader of Parquet; `json.loads` makes `tools` and each '
        "call's `arguments` objects again, best as the rows are used (`with_transform`)."
    )

    def data_files(self, split: Split) -> tuple[str, ...]:
        return (f"{split}.parquet",)

    def decode(self, rows: Mapping[str, Row]) -> Example:
        ((file, row),) = rows.items()
        messages = [_without_nulls(message) for message in row["messages"]]
        return super().decode({file: {**row, "messages": messages}})


def _without_nulls(message: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in message.items() if value is not None}
