"""Examples as a `datasets.Dataset`, and back, with nothing filled in.

`Dataset.from_list` of the examples as they are gives every call the arguments of all calls, with
nulls, because Arrow has one set of fields for a column: a template then renders calls that nobody
made, without a word of warning.  Here messages and tools are JSON strings, which no version of any
reader changes; and what a trainer needs, ids and labels, are columns of integers.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from agentscaler.dataset import Example
from agentscaler.errors import MissingExtraError
from agentscaler.training.rendering import Rendered

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = ["example_of_row", "examples_dataset", "rendered_dataset"]

_JSON = ("messages", "tools")


def examples_dataset(examples: Sequence[Example]) -> "Dataset":
    """One row an example; `messages` and `tools` are JSON strings.

    Raises:
        MissingExtraError: the package datasets is not installed.
    """
    datasets = _datasets()
    texts = {name: datasets.Value("string") for name in Example.model_fields}
    features = datasets.Features(
        {
            **texts,
            "seed": datasets.Value("int64"),
            "recovered": datasets.Value("bool"),
            "fingerprints": datasets.List(datasets.Value("string")),
            "loss_mask": datasets.List(datasets.Value("bool")),
        }
    )
    rows = []
    for example in examples:
        row = example.model_dump()
        rows.append({**row, **{name: orjson.dumps(row[name]).decode() for name in _JSON}})
    made: Dataset = datasets.Dataset.from_list(rows, features=features)
    return made


def example_of_row(row: dict[str, Any]) -> Example:
    """The example that a row of `examples_dataset` was made of."""
    return Example.model_validate({**row, **{name: orjson.loads(row[name]) for name in _JSON}})


def rendered_dataset(examples: Iterable[Rendered]) -> "Dataset":
    """One row a rendered example, in the columns that TRL's `SFTTrainer` takes as they are:
    `input_ids` and `labels` (-100 where no loss is taken).

    TRL finds the loss in the labels, packed or not; its option `assistant_only_loss` is for rows of
    messages and must be left off.

    Raises:
        MissingExtraError: the package datasets is not installed.
    """
    datasets = _datasets()
    ids = datasets.List(datasets.Value("int64"))
    features = datasets.Features(
        {
            "input_ids": ids,
            "labels": ids,
        }
    )
    rows = [
        {
            "input_ids": example.ids,
            "labels": example.labels,
        }
        for example in examples
    ]
    made: Dataset = datasets.Dataset.from_list(rows, features=features)
    return made


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError(
            "A data set for a trainer needs the package datasets, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    return datasets
