"""Tools that an agent is shown: what it needs is among them, and the rest is drawn."""

from hypothesis import given
from hypothesis import strategies as st

from agentscaler.task.toolbox import shown_tools

_NAMES = [f"tool_{number}" for number in range(12)]


def test_without_a_bound_every_tool_is_shown() -> None:
    assert shown_tools(_NAMES, {"tool_3"}, None, "seed") == _NAMES


@given(st.sets(st.sampled_from(_NAMES), max_size=4), st.integers(4, 12), st.text(max_size=5))
def test_what_is_needed_is_shown_in_the_order_of_the_domain(
    needed: set[str], most: int, seed: str
) -> None:
    shown = shown_tools(_NAMES, needed, most, seed)
    assert needed <= set(shown)
    assert len(shown) == most
    assert shown == [name for name in _NAMES if name in shown]


def test_more_are_shown_than_the_bound_only_where_more_are_needed() -> None:
    needed = {"tool_1", "tool_2", "tool_5"}
    assert shown_tools(_NAMES, needed, 2, "seed") == ["tool_1", "tool_2", "tool_5"]


def test_another_seed_draws_other_tools() -> None:
    drawn = {tuple(shown_tools(_NAMES, {"tool_3"}, 5, str(seed))) for seed in range(20)}
    assert len(drawn) > 10
    assert shown_tools(_NAMES, {"tool_3"}, 5, "7") == shown_tools(_NAMES, {"tool_3"}, 5, "7")
