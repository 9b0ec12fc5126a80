from typing import Any

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.operation import OperationKind, key_of, read_operation

RECORD = {"type": "object", "properties": {"flowId": {"type": "string"}, "name": {}, "state": {}}}


def spec(name: str, *parameters: str, required: tuple[str, ...] = (), **rest: Any) -> ToolSpec:
    return ToolSpec(
        id=f"acme.calls.{name}",
        name=name,
        provider="acme",
        service="acme.calls",
        service_title="Calls",
        description="",
        parameters={
            "type": "object",
            "properties": {parameter: {"type": "string"} for parameter in parameters},
            "required": list(required),
        },
        source="functions",
        licence="",
        **rest,
    )


@pytest.mark.parametrize(
    ("name", "kind", "resource"),
    [
        ("CreateContactFlow", OperationKind.CREATE, "contact_flow"),
        ("DescribeContactFlow", OperationKind.GET, "contact_flow"),
        ("DescribeContactFlows", OperationKind.LIST, "contact_flow"),
        ("ListPoliciesForUser", OperationKind.LIST, "policy"),
        ("UpdateUser", OperationKind.UPDATE, "user"),
        ("DeregisterDevice", OperationKind.DELETE, "device"),
        ("ListFindingsV2", OperationKind.LIST, "finding"),
        ("CancelOrder", OperationKind.ACTION, "order"),
        ("orderCancel", OperationKind.ACTION, "order"),
        ("PaintShow", OperationKind.ACTION, "show"),
    ],
)
def test_a_verb_name_tells_kind_and_resource(name: str, kind: OperationKind, resource: str) -> None:
    effect = "read" if name.startswith(("Describe", "List")) else "write"
    operation = read_operation(spec(name, "orderId", effect=effect))
    assert (operation.kind, operation.resource) == (kind, resource)


def test_a_link_names_two_resources() -> None:
    operation = read_operation(spec("AddUserToGroup", "userId", "groupId"))
    assert operation.kind is OperationKind.LINK
    assert [needed.resource for needed in operation.requires] == ["user", "group"]


def test_a_path_name_tells_its_owners() -> None:
    operation = read_operation(
        spec(
            "projects.locations.clusters.get",
            "name",
            method="GET",
            path="v1/projects/{projectsId}/locations/{locationsId}/clusters/{clustersId}",
        )
    )
    assert operation.kind is OperationKind.GET
    assert operation.resource == "cluster"
    assert operation.parents == ("project", "location")


def test_a_method_with_a_noun_of_its_own_is_not_taken_for_the_plain_one() -> None:
    operation = read_operation(spec("indexing.datasources.deleteSchema", "name", method="DELETE"))
    assert operation.kind is OperationKind.ACTION


def test_starting_something_makes_it_unless_it_is_there_already() -> None:
    assert read_operation(spec("StartQuery", "text")).kind is OperationKind.CREATE
    assert read_operation(spec("StartQuery", "queryId")).kind is OperationKind.ACTION


@pytest.mark.parametrize(
    ("parameter", "found"),
    [
        ("userPoolId", ("user_pool", "id")),
        ("VpcArn", ("vpc", "id")),
        ("tableName", ("table", "name")),
        ("id", ("", "id")),
        ("description", None),
        ("", None),
    ],
)
def test_a_parameter_name_tells_whose_key_it_takes(
    parameter: str, found: tuple[str, str] | None
) -> None:
    assert key_of(parameter) == found


def test_a_create_does_not_need_the_key_of_what_it_makes() -> None:
    operation = read_operation(spec("CreateFlow", "flowName", "name", "instanceId"))
    assert [needed.parameter for needed in operation.requires] == ["instanceId"]


def test_the_record_is_found_under_its_wrapper() -> None:
    wrapped = {"type": "object", "properties": {"flow": RECORD}}
    listed = {
        "type": "object",
        "properties": {"flows": {"type": "array", "items": RECORD}},
    }
    one = read_operation(spec("DescribeFlow", "flowId", returns=wrapped, effect="read"))
    many = read_operation(spec("ListFlows", returns=listed, effect="read"))
    assert one.entity == many.entity == RECORD
    assert (one.is_list, many.is_list) == (False, True)
    assert [made.path for made in many.produces] == [
        ("flows", "[]", "flowId"),
        ("flows", "[]", "name"),
    ]


def test_the_receipt_of_a_long_running_operation_is_not_the_record() -> None:
    receipt = {"type": "object", "x-shape": "Operation", "properties": {"done": {}, "name": {}}}
    assert read_operation(spec("CreateFlow", returns=receipt)).entity is None


@pytest.mark.parametrize(
    ("method", "effect"), [("GET", "read"), ("DELETE", "write"), ("PATCH", "write")]
)
def test_the_http_method_tells_the_effect_where_the_document_does_not(
    method: str, effect: str
) -> None:
    assert read_operation(spec("things.frobnicate", method=method)).effect == effect


def test_a_name_without_words_is_an_action_on_nothing() -> None:
    operation = read_operation(spec("???"))
    assert (operation.kind, operation.resource) == (OperationKind.ACTION, "")
