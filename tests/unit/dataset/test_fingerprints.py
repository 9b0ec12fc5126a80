"""A fingerprint follows its tool, and nothing else."""

from agentscaler.dataset import fingerprint_tools
from agentscaler.domain.domain import Domain
from agentscaler.world.toolbox import ToolDefinition


def tool(name: str, description: str = "Does something.") -> ToolDefinition:
    return ToolDefinition(
        name=name, description=description, parameters={}, returns={}, effect="read"
    )


TOOLS = [tool("first"), tool("second")]
SOURCE = """
def row(db, key):
    return inner(db, key)

def inner(db, key):
    return db.one("SELECT 1")

def first(db):
    return row(db, 1)

def second(db):
    return db.all("SELECT 2")
"""


def changed(before: str, after: str, tools: list[ToolDefinition] = TOOLS) -> list[str]:
    """The tools whose fingerprint another source or other definitions change."""
    assert before in SOURCE
    old = fingerprint_tools(TOOLS, SOURCE)
    new = fingerprint_tools(tools, SOURCE.replace(before, after))
    return [name for name in old if old[name] != new[name]]


def test_a_tools_own_code_counts() -> None:
    assert changed("SELECT 2", "SELECT 3") == ["second"]


def test_the_functions_that_it_leads_to_count_however_far() -> None:
    assert changed("SELECT 1", "SELECT 3") == ["first"]


def test_its_definition_counts() -> None:
    assert changed("x" * 0, "", [TOOLS[0], tool("second", "Does more.")]) == ["second"]


def test_where_it_stands_in_the_module_does_not_count() -> None:
    assert changed("def row", "\n\ndef other(db):\n    return 1\n\ndef row") == []


def test_every_tool_of_a_domain_has_one_of_its_own(library: Domain) -> None:
    prints = fingerprint_tools(library.manifest.tools, library.source)
    assert list(prints) == [one.name for one in library.manifest.tools]
    assert len(set(prints.values())) == len(prints)
    assert {len(one) for one in prints.values()} == {16}
