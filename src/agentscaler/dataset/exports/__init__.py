"""Formats in which the training set is given away, each with its reader.

`FORMATS` has them by name; a format turns an `Example` into rows and rows into the example again.
`storage` puts rows into files.
"""

from agentscaler.dataset.exports.chat import OpenAIFormat, ToolsJsonFormat, TrlFormat
from agentscaler.dataset.exports.format import ExportFormat, Row
from agentscaler.dataset.exports.parquet import ParquetFormat
from agentscaler.dataset.exports.sharegpt import ShareGptFormat
from agentscaler.dataset.exports.storage import RowWriter, read_rows, row_writer

__all__ = ["FORMATS", "ExportFormat", "Row", "RowWriter", "read_rows", "row_writer"]

_ALL: tuple[ExportFormat, ...] = (
    TrlFormat(),
    OpenAIFormat(),
    ToolsJsonFormat(),
    ShareGptFormat(),
    ParquetFormat(),
)

FORMATS: dict[str, ExportFormat] = {one.name: one for one in _ALL}
"""All formats, by name."""
