"""The families of chat formats, each read from its text alone."""

from agentscaler.training.families.chatml import CHATML
from agentscaler.training.families.compact import COMPACT
from agentscaler.training.families.family import Family, Span
from agentscaler.training.families.llama3 import LLAMA3
from agentscaler.training.families.mistral import MISTRAL
from agentscaler.training.families.turn import ReadTurn

__all__ = ["FAMILIES", "Family", "ReadTurn", "Span", "family_of"]

FAMILIES = (CHATML, LLAMA3, MISTRAL, COMPACT)


def family_of(source: str) -> Family | None:
    """The family of a template, told by its source; none where it is of no family known here."""
    for family in FAMILIES:
        if all(mark in source for mark in family.marks):
            return family
    return None
