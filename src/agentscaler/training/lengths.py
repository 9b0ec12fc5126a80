"""How long rendered examples are, and what a maximal length would cut off them.

Trainers cut silently: TRL's `max_length` is 1,024 tokens unless it is set, and with the end of a
dialogue goes what was to be learned.  Here a cut is counted, reported, and refused where it takes
learned tokens, unless it is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from agentscaler.errors import InputError
from agentscaler.training.rendering import Rendered

__all__ = ["LengthReport", "cut_examples", "measure_lengths"]


@dataclass(frozen=True)
class LengthReport:
    """What a maximal length means for a set of examples.

    Attributes:
        max_length: in tokens; None where nothing is cut.
        examples, tokens, learned: in all; `learned` are tokens that the loss is taken on.
        longest: the length of the longest example.
        cut_examples: how many are longer than allowed.
        cut_tokens, cut_learned: what is cut off them.
        emptied: how many examples have nothing left to be learned.
    """

    max_length: int | None
    examples: int = 0
    tokens: int = 0
    learned: int = 0
    longest: int = 0
    cut_examples: int = 0
    cut_tokens: int = 0
    cut_learned: int = 0
    emptied: int = 0

    def __str__(self) -> str:
        told = (
            f"{self.examples:,} examples, {self.tokens:,} tokens, {self.learned:,} of them "
            f"learned; the longest has {self.longest:,}"
        )
        if not self.cut_examples:
            return told
        return (
            f"{told}; at most {self.max_length:,} cuts {self.cut_examples:,} examples by "
            f"{self.cut_tokens:,} tokens, {self.cut_learned:,} of them learned, and leaves "
            f"{self.emptied:,} with nothing to learn"
        )

    def refuse_losses(self) -> None:
        """Raises `InputError` if the cut takes tokens that are to be learned."""
        if self.cut_learned:
            raise InputError(
                f"A maximal length of {self.max_length:,} tokens is too short: {self}.",
                f"Allow {self.longest:,} tokens, leave long examples out, or ask for the cut.",
            )


def measure_lengths(examples: Iterable[Rendered], max_length: int | None = None) -> LengthReport:
    """Counts tokens, and what of them lies behind `max_length`."""
    report = LengthReport(max_length)
    for example in examples:
        length = len(example.ids)
        lost = sum(example.mask[max_length:]) if max_length is not None else 0
        over = max(0, length - max_length) if max_length is not None else 0
        report = replace(
            report,
            examples=report.examples + 1,
            tokens=report.tokens + length,
            learned=report.learned + example.learned,
            longest=max(report.longest, length),
            cut_examples=report.cut_examples + bool(over),
            cut_tokens=report.cut_tokens + over,
            cut_learned=report.cut_learned + lost,
            emptied=report.emptied + bool(lost and lost == example.learned),
        )
    return report


def cut_examples(examples: Iterable[Rendered], max_length: int) -> Iterator[Rendered]:
    """The examples, each of at most `max_length` tokens; those with nothing to learn are left out.

    Text and turns stay whole; tokens, their spans and the mask are cut at the end.
    """
    for example in examples:
        shorter = replace(
            example,
            ids=example.ids[:max_length],
            spans=example.spans[:max_length],
            mask=example.mask[:max_length],
        )
        if shorter.learned:
            yield shorter
