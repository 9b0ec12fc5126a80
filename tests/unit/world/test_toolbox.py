"""Toolboxes match source with definitions, and travel between processes."""

import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from agentscaler.errors import GuardError, InputError
from agentscaler.world.toolbox import Toolbox, ToolDefinition
from agentscaler.world.world import World


def tool(
    name: str = "t", required: Sequence[str] = ("a",), optional: Sequence[str] = ("b",), **more: Any
) -> ToolDefinition:
    return ToolDefinition(
        name=name,
        description="",
        parameters={
            "type": "object",
            "properties": {p: {"type": "string"} for p in (*required, *optional)},
            "required": list(required),
        },
        returns={},
        **{"effect": "read", **more},
    )


def test_a_matching_function_becomes_a_tool() -> None:
    toolbox = Toolbox.compile("def t(db, a, b=None):\n    return a", [tool()])
    assert toolbox.definitions == {"t": tool()}


def test_helper_functions_are_not_tools() -> None:
    source = "def helper(db):\n    return 1\ndef t(db, a, b=None):\n    return helper(db)"
    assert list(Toolbox.compile(source, [tool()]).tools) == ["t"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("def u(db):\n    pass", "Tool t has no function"),
        ("t = 1", "Tool t has no function"),
        ("def t():\n    pass", "first parameter of t is not db"),
        ("def t(a, b=None):\n    pass", "first parameter of t is not db"),
        ("def t(db, a):\n    pass", "t takes a, its definition says a, b"),
        ("def t(db, a, b=None, c=None):\n    pass", "t takes a, b, c, its definition says a, b"),
        ("def t(db, a, b):\n    pass", "Parameter b of t must default to None"),
        ("def t(db, a, b=1):\n    pass", "Parameter b of t must default to None"),
        ("def t(db, a=None, b=None):\n    pass", "Parameter a of t must have no default"),
        ("def t(db, *a, b=None):\n    pass", "a parameter that is not a plain one"),
        ("import os", "import is refused"),
    ],
)
def test_source_that_does_not_match_is_refused(source: str, text: str) -> None:
    with pytest.raises(GuardError, match=text):
        Toolbox.compile(source, [tool()])


def test_two_tools_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="Two tools are called t"):
        Toolbox.compile("def t(db, a, b=None):\n    pass", [tool(), tool()])


def test_a_read_that_declares_writes_is_refused() -> None:
    with pytest.raises(InputError, match="is a read and declares writes"):
        Toolbox.compile("def t(db, a, b=None):\n    pass", [tool(writes=("orders",))])


def test_a_toolbox_travels_pickled(image: bytes, toolbox: Toolbox) -> None:
    copied = pickle.loads(pickle.dumps(toolbox))
    arguments = {"customer_id": "customer-1"}
    with World(image, toolbox, now="t") as here, World(image, copied, now="t") as there:
        assert here.call("create_order", arguments) == there.call("create_order", arguments)
        assert there.call("create_order", arguments).ok
