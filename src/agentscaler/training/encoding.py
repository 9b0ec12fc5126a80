"""Examples as arrays of tokens and labels, encoded by workers and kept in a file.

A training set has more tokens than fit into memory as Python numbers, so what is encoded goes
straight into an Arrow file; `Candidate`s, which are small, come back to be chosen from.  Rows, as a
trainer takes them, are made of that file and lie in another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agentscaler.dataset import Example
from agentscaler.engine import Engine
from agentscaler.errors import MissingExtraError
from agentscaler.training.batches import RowPlan
from agentscaler.training.rendering import NOT_LEARNED, render
from agentscaler.training.selection import Candidate, DataSelection, candidate_of, show
from agentscaler.training.template import ChatTemplate
from agentscaler.training.tokenizer import Tokenizer

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = ["Encoded", "Encoder", "encode_examples", "open_rows", "write_encoded", "write_rows"]


@dataclass(frozen=True)
class Encoded:
    """One example as a model is trained on it.

    Attributes:
        candidate: what there is to choose by.
        ids, labels: int32; the label is the id where the loss is taken, else -100; not shifted.
    """

    candidate: Candidate
    ids: NDArray[np.int32]
    labels: NDArray[np.int32]


class Encoder:
    """Renders an example and keeps tokens and labels; can be sent to a worker.

    Args:
        selection: says how much of an example is shown.
    """

    def __init__(
        self, template: ChatTemplate, tokenizer: Tokenizer, selection: DataSelection
    ) -> None:
        self._template = replace(template)  # what it has compiled cannot be sent
        self._tokenizer = tokenizer
        self._selection = selection

    def __call__(self, example: Example) -> Encoded:
        example = show(example, self._selection)
        made = render(example, self._template, self._tokenizer)
        ids = np.array(made.ids, dtype=np.int32)
        learned = np.array(made.mask, dtype=bool)
        learned[:1] = False  # nothing stands before the first token, so nothing foretells it
        labels = np.where(learned, ids, np.int32(NOT_LEARNED)).astype(np.int32)
        candidate = candidate_of(example, len(ids), int(learned.sum()))
        return Encoded(candidate, ids, labels)


def encode_examples(
    examples: Iterable[Example], encoder: Encoder, engine: Engine
) -> Iterator[Encoded]:
    """The examples, encoded by the workers of an engine, in order.

    Raises:
        TemplateRefusedError: an example cannot be masked.
    """
    return engine.map(encoder, examples)


def write_encoded(encoded: Iterable[Encoded], file: Path) -> list[Candidate]:
    """Writes arrays into an Arrow file, one row an example; gives what there is to choose by.

    Raises:
        MissingExtraError: the package datasets is not installed.
    """
    candidates = []
    with _writer(file, ("input_ids", "labels")) as writer:
        for one in encoded:
            writer.write({"input_ids": one.ids, "labels": one.labels})
            candidates.append(one.candidate)
    return candidates


def write_rows(encoded: Path, places: Sequence[int], plan: RowPlan, file: Path) -> None:
    """Writes rows of dialogues, in the columns `input_ids`, `labels` and `seq_lengths`.

    Args:
        encoded: the file of `write_encoded`.
        places: in that file, of the dialogues that the plan's rows name by number.
    """
    source = open_rows(encoded).with_format("numpy")
    with _writer(file, ("input_ids", "labels", "seq_lengths")) as writer:
        for row in plan.rows:
            parts = [source[places[number]] for number in row]
            writer.write(
                {
                    "input_ids": np.concatenate([part["input_ids"] for part in parts]),
                    "labels": np.concatenate([part["labels"] for part in parts]),
                    "seq_lengths": np.array([len(part["input_ids"]) for part in parts], np.int32),
                }
            )


def open_rows(file: Path) -> "Dataset":
    """A file of `write_encoded` or `write_rows`; it is mapped, not read."""
    opened: Dataset = _datasets().Dataset.from_file(str(file))
    return opened


class _Writer:
    """An Arrow file that takes its name when it is whole."""

    def __init__(self, file: Path, columns: Sequence[str]) -> None:
        from datasets.arrow_writer import ArrowWriter

        datasets = _datasets()
        self._file = file
        self._part = file.with_name(f".{file.name}.part")
        features = datasets.Features(
            {name: datasets.List(datasets.Value("int32")) for name in columns}
        )
        self._writer: Any = ArrowWriter(path=str(self._part), features=features)

    def __enter__(self) -> Any:
        return self._writer

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._writer.finalize()
            self._part.replace(self._file)
        else:
            self._writer.close()


def _writer(file: Path, columns: Sequence[str]) -> _Writer:
    _datasets()
    return _Writer(file, columns)


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise MissingExtraError(
            "Training needs the package datasets, which is not installed.",
            "Run: pip install 'agentscaler[train]'",
        ) from error
    return datasets
