from collections.abc import Callable

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.parts import settle_parts
from agentscaler.graph.operation import Operation, OperationKind, read_operation

MakeCall = Callable[..., ToolSpec]


def named(call: MakeCall, *names: str, body: str) -> dict[str, Operation]:
    tools = [
        call("POST", "/", name=name, body=body).model_copy(update={"source": "botocore"})
        for name in names
    ]
    required = [
        tool.model_copy(update={"parameters": {**tool.parameters, "required": body.split()}})
        for tool in tools
    ]
    settled = settle_parts([read_operation(tool) for tool in required])
    return {one.tool.name: one for one in settled}


def test_an_update_of_a_part_is_one_of_the_record(call: MakeCall) -> None:
    found = named(call, "CreateFlow", "UpdateFlowName", body="FlowId Name")
    assert found["UpdateFlowName"].kind is OperationKind.UPDATE
    assert found["UpdateFlowName"].resource == "flow"


def test_what_is_made_for_itself_is_no_part(call: MakeCall) -> None:
    names = ("CreateFlow", "CreateFlowVersion", "UpdateFlowVersion")
    assert named(call, *names, body="FlowId")["UpdateFlowVersion"].resource == "flow_version"


def test_a_put_makes_what_nothing_else_makes(call: MakeCall) -> None:
    found = named(call, "PutRule", "ListRules", "CreateBus", "PutBus", "DeleteBus", body="Name")
    assert found["PutRule"].kind is OperationKind.CREATE
    assert found["PutBus"].kind is OperationKind.UPDATE


def test_the_key_at_the_end_of_a_path_is_the_record_s_own(call: MakeCall) -> None:
    tool = call("GET", "/layers/{LayerName}/versions/{VersionNumber}", name="GetLayerVersion")
    (operation,) = settle_parts([read_operation(tool.model_copy(update={"source": "botocore"}))])
    assert ("layer_version", "id") in [(key.resource, key.field) for key in operation.requires]
