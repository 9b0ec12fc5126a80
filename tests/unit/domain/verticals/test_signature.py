"""What the source of a vertical's tools says of them."""

import pytest

from agentscaler.domain.verticals.signature import read_signatures
from agentscaler.errors import InputError

SOURCE = '''
def helper(db, anything):
    return anything


def rent_boat(
    db, boat_id: str, hours: int, sail: Literal["main", "jib"] = None, crew: list[str] = None
) -> dict:
    """Rent a boat. Needs boat_id
    and hours.

    Args:
        hours: for how long,
            in full hours.
        sail: which sail to set.
    """
    return {}


def bare(db, boat_id: str):
    return {}


def untyped(db, boat_id):
    """Does something."""
    return {}
'''


def test_names_types_and_words_come_from_the_function() -> None:
    rent = read_signatures(SOURCE, ["rent_boat"])["rent_boat"]
    assert rent.description == "Rent a boat. Needs boat_id and hours."
    boat, hours, sail, crew = rent.parameters
    assert (boat.schema, boat.required, boat.description) == ({"type": "string"}, True, "")
    assert hours.description == "for how long, in full hours."
    assert sail.schema == {"type": "string", "enum": ["main", "jib"]}
    assert not sail.required
    assert crew.schema == {"type": "array", "items": {"type": "string"}}


def test_a_tool_needs_a_docstring_and_types() -> None:
    with pytest.raises(InputError, match="bare with a docstring"):
        read_signatures(SOURCE, ["bare"])
    with pytest.raises(InputError, match="boat_id of untyped"):
        read_signatures(SOURCE, ["untyped"])
