from collections.abc import Callable
from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.keys import ServiceKeys
from agentscaler.graph.operation import read_operation

MakeTool = Callable[..., ToolSpec]


def taken(tool: ToolSpec, *others: ToolSpec) -> dict[str, str]:
    """What each parameter of a tool asks for, in the service that `others` make with it."""
    operation = read_operation(tool)
    service = ServiceKeys([operation, *map(read_operation, others)])
    return {one.parameter: str(one.keys[0]) for one in service.taken(operation)}


def given(tool: ToolSpec, *others: ToolSpec) -> set[str]:
    operation = read_operation(tool)
    service = ServiceKeys([operation, *map(read_operation, others)])
    return {str(key) for key in service.given(operation)}


def test_only_what_the_service_has_records_of_has_keys(make_tool: MakeTool) -> None:
    tool = make_tool("UpdateOrder", "orderId! roleArn kmsKeyId customerId")
    assert taken(tool, make_tool("ListCustomers")) == {"customerId": "customer.id"}
    assert taken(tool, make_tool("ListOrders"))["orderId"] == "order.id"


@pytest.mark.parametrize("parameter", ["signingJobId", "jobId", "sourceSigningJobId"])
def test_a_name_may_be_shorter_or_longer_than_the_resource(
    parameter: str, make_tool: MakeTool
) -> None:
    tool = make_tool("CancelThing", f"{parameter}!")
    assert taken(tool, make_tool("ListSigningJobs")) == {parameter: "signingjob.id"}


def test_a_short_name_of_several_resources_is_nobodys(make_tool: MakeTool) -> None:
    others = (make_tool("ListSigningJobs"), make_tool("ListExportJobs"))
    assert taken(make_tool("CancelThing", "jobId!"), *others) == {}


def test_forms_of_a_key_are_told_apart(make_tool: MakeTool) -> None:
    order = make_tool("ListOrders", "", "orderArn orderId")
    assert given(order) == {"order.arn", "order.id"}
    assert taken(make_tool("GetOrder", "orderArn!"), order) == {"orderArn": "order.arn"}


def test_a_parameter_called_like_a_resource_takes_any_form(make_tool: MakeTool) -> None:
    tool = make_tool("CancelOrder", "order!")
    assert taken(tool, make_tool("ListOrders")) == {"order": "order.any"}


def test_a_name_beside_the_key_is_a_value_to_set(make_tool: MakeTool) -> None:
    tool = make_tool("UpdateOrder", "orderId! name")
    assert taken(tool, make_tool("ListOrders")) == {"orderId": "order.id"}


def test_a_name_that_a_list_is_filtered_by_is_no_key(make_tool: MakeTool) -> None:
    assert taken(make_tool("ListOrders", "name")) == {}


@pytest.mark.parametrize("verb", ["Create", "Start"])
def test_what_makes_a_record_chooses_its_name(verb: str, make_tool: MakeTool) -> None:
    tool = make_tool(f"{verb}OrderExport", "orderExportName orderId!")
    others = (make_tool("ListOrders"), make_tool("ListOrderExports"))
    assert taken(tool, *others) == {"orderId": "order.id"}


def test_a_choice_among_few_values_is_no_key(make_tool: MakeTool) -> None:
    tool = make_tool("ListOrders", "customerId")
    tool.parameters["properties"]["customerId"]["enum"] = ["me", "all"]
    assert taken(tool, make_tool("ListCustomers")) == {}


def test_keys_are_found_at_any_depth_and_in_lists(make_tool: MakeTool) -> None:
    returns = {
        "type": "object",
        "properties": {
            "orderIds": {"type": "array", "items": {"type": "string"}},
            "summary": {
                "type": "object",
                "properties": {
                    "customer": {"type": "object", "properties": {"id": {"type": "string"}}}
                },
            },
        },
    }
    tool = make_tool("GetReport", "", returns=None).model_copy(update={"returns": returns})
    others = (make_tool("ListOrders"), make_tool("ListCustomers"))
    assert given(tool, *others) == {"order.id", "customer.id"}


@pytest.mark.parametrize("name", ["DeleteOrder", "BatchDeleteOrders"])
def test_what_is_deleted_is_not_given(name: str, make_tool: MakeTool) -> None:
    assert given(make_tool(name, "", "orderId"), make_tool("ListOrders")) == set()


def path_tool(make_tool: MakeTool, name: str, path: str, *in_path: str, **fields: Any) -> ToolSpec:
    tool = make_tool(name, " ".join(f"{one}!" for one in in_path), path=path, **fields)
    for one in in_path:
        tool.parameters["properties"][one]["x-in"] = "path"
    return tool


def test_a_resource_name_belongs_to_its_collections(make_tool: MakeTool) -> None:
    path = "v1/projects/{projectsId}/topics"
    listing = path_tool(make_tool, "projects.topics.list", path, "parent")
    listing = listing.model_copy(update={"returns": listed("topics", "name", "displayName")})
    getting = path_tool(make_tool, "projects.topics.get", f"{path}/{{topicsId}}", "name")
    other = path_tool(
        make_tool, "projects.apps.topics.get", "v1/projects/{a}/apps/{b}/topics/{c}", "name"
    )
    assert given(listing, getting, other) == {"projects/topics.path"}
    assert taken(getting, listing, other) == {"name": "projects/topics.path"}
    assert taken(other, listing, getting) == {"name": "projects/apps/topics.path"}
    assert taken(listing, getting) == {"parent": "projects.path"}


def test_a_body_that_repeats_the_path_asks_for_nothing(make_tool: MakeTool) -> None:
    tool = path_tool(make_tool, "orders.update", "orders/{orderId}", "orderId")
    for name in ("id", "orderId2", "customerId"):
        tool.parameters["properties"][name] = {"type": "string", "x-in": "body"}
    others = (make_tool("orders.list"), make_tool("customers.list"))
    assert taken(tool, *others) == {"orderId": "order.id", "customerId": "customer.id"}


def listed(collection: str, *fields: str) -> dict[str, Any]:
    record = {"type": "object", "properties": {field: {"type": "string"} for field in fields}}
    return {"type": "object", "properties": {collection: {"type": "array", "items": record}}}
