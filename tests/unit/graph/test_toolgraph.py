import io

import numpy as np
import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError
from agentscaler.graph import ToolGraph, build_graph


@pytest.fixture
def graph(shop: list[ToolSpec], clinic: list[ToolSpec]) -> ToolGraph:
    return build_graph([*shop, *clinic])


def test_a_graph_comes_back_as_it_was_dumped(graph: ToolGraph) -> None:
    back = ToolGraph.parse(graph.dump())
    assert back.tool_ids == graph.tool_ids
    assert (back.similarity != graph.similarity).nnz == 0
    assert back.communities.tolist() == graph.communities.tolist()
    assert back.dependencies.names == graph.dependencies.names
    for column in ("producer", "consumer", "parameter", "key"):
        expected = getattr(graph.dependencies, column).tolist()
        assert getattr(back.dependencies, column).tolist() == expected
    assert back.dump() == graph.dump()


def test_a_dump_is_an_ordinary_npz(graph: ToolGraph) -> None:
    with np.load(io.BytesIO(graph.dump())) as arrays:
        assert arrays["communities"].tolist() == graph.communities.tolist()


def test_communities_share_out_the_tools(graph: ToolGraph) -> None:
    members = [graph.community(label) for label in range(graph.community_count)]
    assert sorted(index for group in members for index in group) == list(range(11))


def test_an_empty_graph_dumps_and_parses() -> None:
    back = ToolGraph.parse(build_graph([]).dump())
    assert back.tool_ids == ()
    assert back.community_count == 0


def test_names_of_any_script_survive(shop: list[ToolSpec]) -> None:
    tools = [tool.model_copy(update={"id": f"店.{tool.id}"}) for tool in shop]
    assert ToolGraph.parse(build_graph(tools).dump()).tool_ids[0].startswith("店.")


def test_what_is_no_graph_is_refused(graph: ToolGraph) -> None:
    other = io.BytesIO()
    np.savez(other, x=np.zeros(3))
    for data in (b"", b"nonsense", graph.dump()[:200], other.getvalue()):
        with pytest.raises(InputError, match="Build the graph again"):
            ToolGraph.parse(data)
