"""What the rules read from a tool does not depend on its texts, and on all else it does."""

from pathlib import Path

from agentscaler.corpus import load_corpus
from agentscaler.graph import tool_reading

BOX_OFFICE = Path(__file__).parents[1] / "box_office.json"


def test_a_reading_says_what_a_tool_does() -> None:
    tools = {tool.name: tool_reading(tool) for tool in load_corpus([BOX_OFFICE]).tools}
    told = {name: (one.effect, one.kind, one.resource) for name, one in tools.items()}
    assert told["GetShow"] == ("read", "get", "show")
    assert told["AddVisitorToShow"] == ("write", "link", "visitor")
    assert told["CancelShow"] == ("write", "action", "show")


def test_another_parameter_makes_another_reading() -> None:
    (tool,) = (tool for tool in load_corpus([BOX_OFFICE]).tools if tool.name == "GetShow")
    schema = {"type": "object", "properties": {"visitorId": {"type": "string"}}}
    said = tool.model_copy(update={"description": "Deletes everything."})
    assert tool_reading(said) == tool_reading(tool)
    assert tool_reading(tool.model_copy(update={"parameters": schema})) != tool_reading(tool)
