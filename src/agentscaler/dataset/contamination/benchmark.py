"""`Benchmark`: what must not be trained on, whoever wrote it and however it lies on disk."""

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Benchmark", "BenchmarkTool", "Passage", "PassageKind"]

PassageKind = Literal["policies", "intents", "descriptions"]


@dataclass(frozen=True)
class BenchmarkTool:
    """A tool of a benchmark.

    Attributes:
        place: where it stands ("retail", "data_normal_preference.json").
        parameters: the type of each, by name, as `parameters.parameter_types` tells them; None
            where only the name is known.
    """

    name: str
    place: str
    parameters: frozenset[tuple[str, str]] | None = None


@dataclass(frozen=True)
class Passage:
    """A text of a benchmark that a training set may share: a paragraph, a request, a description.

    Attributes:
        place: where it stands ("retail task 12").
    """

    kind: PassageKind
    place: str
    text: str


@dataclass
class Benchmark:
    """What was read of a benchmark.

    Attributes:
        name: as reports call it.
        identifiers: values that name one thing (order ids, e-mail addresses), each with the place
            where it stands first.
        files: how many were read.
        unread: what could not be read, each with its reason.
    """

    name: str
    tools: list[BenchmarkTool] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    identifiers: dict[str, str] = field(default_factory=dict)
    files: int = 0
    unread: list[str] = field(default_factory=list)

    @property
    def names_only(self) -> bool:
        """Whether nothing but names of tools is known."""
        return not (self.passages or self.identifiers) and all(
            tool.parameters is None for tool in self.tools
        )

    def identify(self, found: set[str], place: str) -> None:
        """Notes identifiers found at a place."""
        for one in sorted(found):
            self.identifiers.setdefault(one, place)
