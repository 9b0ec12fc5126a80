import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph import GraphRecipe, GraphSettings, build_graph

MakeTool = Callable[..., ToolSpec]


def groups(tools: list[ToolSpec], **settings: object) -> list[set[str]]:
    graph = build_graph(tools, GraphSettings.model_validate(settings))
    return [
        {tools[index].service for index in graph.community(label)}
        for label in range(graph.community_count)
    ]


def test_unlike_services_make_communities_of_their_own(
    shop: list[ToolSpec], clinic: list[ToolSpec]
) -> None:
    assert groups([*shop, *clinic]) == [{"acme.shop"}, {"health.clinic"}]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_pools_make_a_graph(count: int, shop: list[ToolSpec]) -> None:
    graph = build_graph(shop[:count])
    assert len(graph.tool_ids) == len(graph.communities) == count


def test_tools_without_parameters_are_placed_too(make_tool: MakeTool) -> None:
    tools = [make_tool(f"List{noun}") for noun in ("Books", "Doors", "Lamps")]
    assert build_graph(tools).communities.tolist() == [0, 0, 0]


def test_no_community_is_larger_than_allowed(make_tool: MakeTool) -> None:
    tools = [make_tool(f"Get{i}Order", "orderId! note", "orderId") for i in range(50)]
    graph = build_graph(tools, GraphSettings(max_community=20))
    assert max(len(graph.community(label)) for label in range(graph.community_count)) <= 20


def test_one_pool_and_seed_give_the_same_bytes(
    shop: list[ToolSpec], clinic: list[ToolSpec]
) -> None:
    tools = [*shop, *clinic]
    assert build_graph(tools, seed=4).dump() == build_graph(list(tools), seed=4).dump()


def test_the_order_of_the_tools_does_not_change_the_communities(
    shop: list[ToolSpec], clinic: list[ToolSpec]
) -> None:
    tools = [*shop, *clinic]
    random.Random(1).shuffle(tools)
    assert sorted(map(sorted, groups(tools))) == [["acme.shop"], ["health.clinic"]]


def test_dependencies_tie_tools_that_look_unlike(make_tool: MakeTool) -> None:
    tools = [
        make_tool("CreateVoucher", "amountDue! currencyCode!", "voucherId"),
        make_tool("RedeemSomewhere", "voucherId!"),
        make_tool("PaintWall", "colourName!"),
        make_tool("BuildFence", "woodSort!"),
    ]
    settings = {"min_community": 1, "tau_service": 0.9}
    labels = build_graph(tools, GraphSettings.model_validate(settings)).communities
    assert labels[0] == labels[1]
    assert len({labels[0], labels[2], labels[3]}) == 3


def test_the_papers_recipe_goes_by_parameters_whatever_the_service(make_tool: MakeTool) -> None:
    tools = [
        make_tool("PayBill", "invoiceId currencyCode"),
        make_tool("SendLetter", "postalAddress", "invoiceId"),
        make_tool("DrawBill", "invoiceId currencyCode", service="other.paper"),
    ]
    graph = build_graph(tools, GraphSettings(recipe=GraphRecipe.PAPER))
    assert graph.communities.tolist() == [0, 1, 0]
    assert len(graph.dependencies) == 0


def test_the_papers_recipe_has_one_threshold_for_all_pairs(make_tool: MakeTool) -> None:
    tools = [make_tool("PayBill", "invoiceId code"), make_tool("DrawBill", "invoiceId colour")]
    paper = GraphSettings(recipe=GraphRecipe.PAPER, tau=0.9)
    assert build_graph(tools, paper).similarity.nnz == 0
    assert build_graph(tools, paper.model_copy(update={"tau": 0.2})).similarity.nnz == 2


def test_the_papers_recipe_neither_cuts_nor_merges(make_tool: MakeTool) -> None:
    tools = [make_tool(f"Get{i}Order", "orderId note") for i in range(50)]
    tools.append(make_tool("Sing", "melody"))
    graph = build_graph(tools, GraphSettings(recipe=GraphRecipe.PAPER))
    assert sorted(len(graph.community(label)) for label in range(2)) == [1, 50]


@pytest.mark.parametrize("recipe", GraphRecipe)
def test_the_hash_seed_changes_no_byte(recipe: GraphRecipe, tmp_path: Path) -> None:
    script = (
        "import hashlib, pathlib, sys\n"
        "from agentscaler.corpus import load_corpus\n"
        "from agentscaler.graph import GraphSettings, build_graph\n"
        "tools = load_corpus([sys.argv[1]]).tools\n"
        "data = build_graph(tools, GraphSettings(recipe=sys.argv[2])).dump()\n"
        "print(len(tools), hashlib.sha256(data).hexdigest())\n"
    )
    pool = tmp_path / "pool.json"
    functions = [
        {"name": f"{verb}_{noun}", "parameters": record(noun), "returns": record(noun)}
        for noun in ("order", "cart", "voucher", "parcel")
        for verb in ("create", "get", "list", "delete")
    ]
    pool.write_text(json.dumps(functions))
    said = {
        subprocess.run(
            [sys.executable, "-c", script, str(pool), recipe],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert said.pop().startswith("16 ")


def record(noun: str) -> dict[str, object]:
    names = (f"{noun}_id", "note", "colour")
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}
