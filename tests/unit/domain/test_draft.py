"""Drafts: tables and tools that still belong together when some tools are gone."""

from agentscaler.domain.draft import draft_domain, without_tools
from agentscaler.domain.rest import read_service

from .resources import NUMBER, TEXT, resource


def test_tools_write_only_tables_that_are_left() -> None:
    riders = resource("Rider", {"name": TEXT, "city": TEXT}, takes=["name"])
    saddles = resource("Saddle", {"riderId": TEXT, "size": NUMBER}, takes=["riderId"])
    remarks = resource(
        "Remark", {"riderId": TEXT, "text": TEXT, "city": TEXT}, takes=["riderId"], deletes=False
    )
    draft = draft_domain(read_service([*riders, *saddles, *remarks]), [])
    delete = next(tool for tool in draft.tools if tool.name == "delete_rider")
    assert delete.writes == ("remarks", "riders")
    fallen = {tool.name: "a check" for tool in draft.tools if tool.table == "remarks"}
    left = without_tools(draft, fallen)
    assert "remarks" not in left.tables
    delete = next(tool for tool in left.tools if tool.name == "delete_rider")
    assert delete.writes == ("riders",)
