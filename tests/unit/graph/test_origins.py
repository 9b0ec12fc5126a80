from collections.abc import Callable

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.origins import Origins

MakeTool = Callable[..., ToolSpec]


def test_equal_numbers_are_equal_services_and_providers(make_tool: MakeTool) -> None:
    services = ("acme.shop", "acme.depot", "acme.shop", "other.shop")
    origins = Origins.of([make_tool("Get", service=service) for service in services])
    assert origins.service.tolist() == [0, 1, 0, 2]
    assert origins.provider.tolist() == [0, 0, 0, 1]


def test_an_operation_that_most_services_have_is_generic(make_tool: MakeTool) -> None:
    tools = [make_tool("TagResource", service=f"a.s{i}") for i in range(11)]
    tools += [make_tool("GetOrder", service=f"a.s{i}") for i in range(10)]
    assert Origins.of(tools).is_generic.tolist() == [True] * 11 + [False] * 10


def test_a_path_name_is_generic_by_its_method_or_its_last_resource(make_tool: MakeTool) -> None:
    names = ("projects.{}.getIamPolicy", "projects.x{}.operations.list", "projects.{}.list")
    tools = [
        make_tool(name.format(f"things{i}"), service=f"g.s{i}") for i in range(11) for name in names
    ]
    assert Origins.of(tools).is_generic.tolist() == [True, True, False] * 11


def test_no_tools_have_no_origins() -> None:
    assert len(Origins.of([])) == 0
