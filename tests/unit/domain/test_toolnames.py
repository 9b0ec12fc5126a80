from collections.abc import Callable

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.rest import read_service
from agentscaler.domain.toolnames import tool_name

MakeCall = Callable[..., ToolSpec]


@pytest.mark.parametrize(
    ("method", "path", "name", "made"),
    [
        ("GET", "/v3/templates/dockerfiles", "getV3TemplatesDockerfiles", "list_dockerfiles"),
        ("GET", "/pets", "findPets", "find_pets"),
        ("POST", "/pets", "createPetsResource", "create_pet"),
        ("GET", "/a/{a_id}/pets/{id}", "a.pets.get", "get_pet"),
        ("POST", "/pets/{id}/close", "close", "close_pet"),
    ],
)
def test_a_tool_is_called_by_what_it_does(
    call: MakeCall, method: str, path: str, name: str, made: str
) -> None:
    (operation,) = read_service([call(method, path, name=name)])
    assert tool_name(operation, ()) == made


def test_a_name_that_is_taken_takes_its_owner_in(call: MakeCall) -> None:
    (operation,) = read_service([call("GET", "/shops/{shop_id}/pets", name="shops.pets.list")])
    assert tool_name(operation, {"list_pets"}) == "list_shop_pets"
