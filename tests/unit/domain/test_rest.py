from collections.abc import Callable

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.rest import read_service
from agentscaler.graph.operation import Operation, OperationKind

MakeCall = Callable[..., ToolSpec]


@pytest.fixture
def desk(call: MakeCall) -> list[ToolSpec]:
    return [
        call("GET", "/users", gives="id name email", many=True),
        call("POST", "/users", body="name email", gives="id name email"),
        call("GET", "/users/{id}", gives="id name email"),
        call("DELETE", "/users/{id}"),
        call("GET", "/teams/{team_id}", gives="id title"),
        call("PUT", "/teams/{team_id}/users/{id}"),
        call("DELETE", "/teams/{team_id}/users/{id}"),
        call("PUT", "/teams/{team_id}/closed", body="value"),
        call("POST", "/teams/{team_id}/boards", body="title", gives="id title"),
        call("POST", "/teams/{team_id}/boards/{board_id}/archive"),
        call("GET", "/teams/{team_id}/boards/search", gives="id title", many=True),
        call("GET", "/boards/$count"),
        call("GET", "/me/boards", gives="id title", many=True),
        call("DELETE", "/boards"),
    ]


def read(tools: list[ToolSpec]) -> dict[str, Operation]:
    operations = read_service(tools)
    return {f"{one.tool.method} {one.tool.path}": one for one in operations}


@pytest.mark.parametrize(
    ("call_text", "kind", "resource"),
    [
        ("GET /users", OperationKind.LIST, "user"),
        ("POST /users", OperationKind.CREATE, "user"),
        ("GET /users/{id}", OperationKind.GET, "user"),
        ("DELETE /users/{id}", OperationKind.DELETE, "user"),
        ("PUT /teams/{team_id}/users/{id}", OperationKind.LINK, "user"),
        ("DELETE /teams/{team_id}/users/{id}", OperationKind.UNLINK, "user"),
        ("PUT /teams/{team_id}/closed", OperationKind.UPDATE, "team"),
        ("POST /teams/{team_id}/boards", OperationKind.CREATE, "board"),
        ("POST /teams/{team_id}/boards/{board_id}/archive", OperationKind.ACTION, "board"),
        ("GET /teams/{team_id}/boards/search", OperationKind.LIST, "board"),
        ("GET /boards/$count", OperationKind.COUNT, "board"),
        ("GET /me/boards", OperationKind.LIST, "board"),
        ("DELETE /boards", OperationKind.ACTION, "board"),
    ],
)
def test_method_and_path_say_what_is_done_to_what(
    desk: list[ToolSpec], call_text: str, kind: OperationKind, resource: str
) -> None:
    operation = read(desk)[call_text]
    assert (operation.kind, operation.resource) == (kind, resource)


def test_a_call_takes_its_own_key_and_those_of_its_owners(desk: list[ToolSpec]) -> None:
    archive = read(desk)["POST /teams/{team_id}/boards/{board_id}/archive"]
    assert [(key.resource, key.field) for key in archive.requires] == [
        ("board", "id"),
        ("team", "id"),
    ]
    assert archive.parents == ("team",)
    assert archive.verb == "archive"


def test_a_part_of_a_record_is_a_field_of_it(desk: list[ToolSpec]) -> None:
    closing = read(desk)["PUT /teams/{team_id}/closed"]
    assert list(closing.tool.parameters["properties"]) == ["closed"]


def test_one_noun_for_two_kinds_of_records_is_two_resources(call: MakeCall) -> None:
    found = read(
        [
            call("GET", "/charges/{id}/refunds", gives="id amount charge reason", many=True),
            call("GET", "/charges/{id}/refunds/{refund}", gives="id amount charge reason"),
            call("GET", "/fees/{id}/refunds", gives="fee_id units currency note", many=True),
            call("GET", "/fees/{id}/refunds/{refund}", gives="fee_id units currency note"),
        ]
    )
    assert found["GET /charges/{id}/refunds"].resource == "charge_refund"
    assert found["GET /fees/{id}/refunds/{refund}"].resource == "fee_refund"


def test_records_that_lie_in_two_places_are_of_one_resource(call: MakeCall) -> None:
    found = read(
        [
            call("GET", "/users/{id}/messages/{messageId}", gives="id subject sent"),
            call("GET", "/folders/{id}/messages/{messageId}", gives="id subject sent"),
        ]
    )
    assert {one.resource for one in found.values()} == {"message"}


def test_a_placeholder_may_know_better_than_its_segment(call: MakeCall) -> None:
    found = read([call("GET", "/chats/{chat-id}/messages/{chatMessage-id}", gives="id body")])
    assert [one.resource for one in found.values()] == ["chat_message"]


def test_an_answer_that_only_tells_how_a_call_went_is_no_record(call: MakeCall) -> None:
    found = read(
        [
            call("GET", "/apps/{id}", gives="id name"),
            call("PUT", "/apps/{id}", body="name", gives="code message"),
        ]
    )
    assert found["PUT /apps/{id}"].entity is None


def test_without_a_path_the_name_tells(call: MakeCall) -> None:
    tool = call("GET", "/", name="listPets").model_copy(update={"path": None, "method": None})
    (operation,) = read_service([tool])
    assert (operation.kind, operation.resource) == (OperationKind.LIST, "pet")


def test_a_procedure_behind_a_fragment_is_told_by_its_name(call: MakeCall) -> None:
    (operation,) = read_service([call("POST", "/#X-Amz-Target=Acme.UpdateStack", name="make12")])
    assert (operation.kind, operation.resource) == (OperationKind.UPDATE, "stack")
