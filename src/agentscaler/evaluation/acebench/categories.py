"""The categories of ACEBench, how its authors group them, and what each group weighs.

Source: Chen et al. 2025, "ACEBench: Who Wins the Match Point in Tool Usage?", arXiv 2501.12851, and
the scorer of the authors' repository.
"""

from enum import StrEnum

__all__ = ["CATEGORIES", "OFFICIAL_WEIGHTS", "Kind", "category_of", "kind_of"]


class Kind(StrEnum):
    """What a category's items ask of a model."""

    NORMAL = "normal"
    """Calls that are compared with the right ones."""
    SPECIAL = "special"
    """A request that cannot be served as it is: the model must say what is wrong with it."""
    AGENT = "agent"
    """A job in a simulated phone or airline: the final state is compared, and the way to it."""


CATEGORIES: dict[str, Kind] = {
    "normal_single_turn_single_function": Kind.NORMAL,
    "normal_single_turn_parallel_function": Kind.NORMAL,
    "normal_multi_turn_user_switch": Kind.NORMAL,
    "normal_multi_turn_user_adjust": Kind.NORMAL,
    "normal_similar_api": Kind.NORMAL,
    "normal_preference": Kind.NORMAL,
    "normal_atom_bool": Kind.NORMAL,
    "normal_atom_enum": Kind.NORMAL,
    "normal_atom_number": Kind.NORMAL,
    "normal_atom_list": Kind.NORMAL,
    "normal_atom_object_deep": Kind.NORMAL,
    "normal_atom_object_short": Kind.NORMAL,
    "special_incomplete": Kind.SPECIAL,
    "special_error_param": Kind.SPECIAL,
    "special_irrelevant": Kind.SPECIAL,
    "agent_multi_turn": Kind.AGENT,
    "agent_multi_step": Kind.AGENT,
}
"""Every category, in the order of the authors' table, with its kind."""

OFFICIAL_WEIGHTS: dict[Kind, float] = {
    Kind.SPECIAL: 0.2676,
    Kind.NORMAL: 0.578,
    Kind.AGENT: 0.1545,
}
"""Of the overall accuracy, as the authors' scorer and the paper's table have them.

They are the square roots of the numbers of items over the sum of the roots, a multi-turn dialogue
counted as one item: 700 normal, 150 special and 50 agent items.  Their sum is 1.0001.
"""


def category_of(item: str) -> str | None:
    """The category of an item by its id; None where the id belongs to none.

    Ids end in a number, those of multi-turn calls in two: the dialogue's and the turn's.
    """
    name, _, number = item.rpartition("_")
    if not number.isdigit():
        return None
    if name not in CATEGORIES:
        name, _, number = name.rpartition("_")
    return name if name in CATEGORIES and number.isdigit() else None


def kind_of(category: str) -> Kind:
    """The kind of a category.  Raises KeyError for one that is not of ACEBench."""
    return CATEGORIES[category]
