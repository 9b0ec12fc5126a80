"""`Family`: how a family of chat formats is read, from its text alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from agentscaler.training.families.turn import ReadTurn

__all__ = ["Family", "Span"]

Span = tuple[int, int]
"""Where something begins and ends in a text, in characters; the end is not part of it."""


@dataclass(frozen=True)
class Family:
    """One way to write dialogues down.

    Attributes:
        marks: strings that the source of every template of the family holds.
        controls: strings that mean something in the format, whether or not a tokenizer has them.
        tokens: those of `controls` without which the format cannot be told from text: a tokenizer
            must have each as one token.
        own_turn: matches one turn of the agent; its group "own" is what the agent writes itself,
            with the end-of-turn token.
        ends: tokens that end a turn of the agent.
        reader: reads what stands in a turn before the token that ends it.
    """

    name: str
    marks: tuple[str, ...]
    controls: tuple[str, ...]
    tokens: tuple[str, ...]
    own_turn: re.Pattern[str]
    ends: tuple[str, ...]
    reader: Callable[[str], ReadTurn]

    def own_spans(self, text: str) -> list[Span]:
        """The turns of the agent in a rendered text, in order."""
        return [match.span("own") for match in self.own_turn.finditer(text)]

    def read_turn(self, text: str) -> ReadTurn:
        """What a model wrote after a generation prompt, with or without its end-of-turn token.

        Whatever a model may write can be read, in the worst case as words.
        """
        ending = next((end for end in self.ends if text.endswith(end)), "")
        return self.reader(text.removesuffix(ending))
