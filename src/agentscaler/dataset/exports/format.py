"""`ExportFormat`: one way of writing examples for a trainer, and of reading them back.

A format turns an example into rows, each for one file, and the rows into the example again: that
nothing is lost on the way can be checked, example by example.  Rows are plain JSON values; how
they lie in a file is the business of `storage`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from agentscaler.dataset.example import Example, Split

__all__ = ["ExportFormat", "Feature", "Row"]

Row = dict[str, Any]
Feature = dict[str, str]


class ExportFormat(Protocol):
    """One way of writing examples.

    Attributes:
        name: as the command line calls it.
        title: for people.
        loss: what becomes of the loss mask in it, as a sentence.
        loading: how its files are loaded, as Markdown.
        features: the types of its columns as the `datasets` library writes them in the front matter
            of a card, or None where it finds them out by itself.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def loss(self) -> str: ...
    @property
    def loading(self) -> str: ...
    @property
    def features(self) -> tuple[Feature, ...] | None: ...

    def data_files(self, split: Split) -> tuple[str, ...]:
        """The files that hold the dialogues of a split."""
        ...

    def side_files(self, split: Split) -> tuple[str, ...]:
        """The files that say where the dialogues come from, if they do not say it themselves."""
        ...

    def encode(self, example: Example) -> dict[str, Row]:
        """The rows of an example, by the file that each goes to.

        Raises:
            InputError: the format has no way to say what the example says.
        """
        ...

    def decode(self, rows: Mapping[str, Row]) -> Example:
        """The example that `encode` made these rows of."""
        ...

    def extras(self, rows: Mapping[str, int]) -> dict[str, bytes]:
        """Files that go with the data, such as a description for the trainer.

        Args:
            rows: how many each file of data holds.
        """
        ...
