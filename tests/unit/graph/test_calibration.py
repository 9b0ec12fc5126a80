import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import InputError
from agentscaler.graph import GraphRecipe, GraphSettings, build_graph
from agentscaler.graph.calibration import calibrate
from agentscaler.graph.calibration_report import calibration_page, calibration_plot


@pytest.fixture
def tools(shop: list[ToolSpec], clinic: list[ToolSpec]) -> list[ToolSpec]:
    return [*shop, *clinic]


@pytest.mark.parametrize("recipe", GraphRecipe)
def test_a_higher_threshold_leaves_fewer_edges(recipe: GraphRecipe, tools: list[ToolSpec]) -> None:
    found = calibrate(tools, GraphSettings(recipe=recipe), [0.2, 0.9, 0.5])
    assert [row.tau for row in found.rows] == [0.2, 0.5, 0.9]
    edges = [row.edges for row in found.rows]
    assert edges == sorted(edges, reverse=True)
    assert edges[0] > edges[-1]


@pytest.mark.parametrize("recipe", GraphRecipe)
def test_at_the_threshold_in_use_it_finds_what_a_build_finds(
    recipe: GraphRecipe, tools: list[ToolSpec]
) -> None:
    settings = GraphSettings(recipe=recipe)
    graph = build_graph(tools, settings)
    found = calibrate(tools, settings, [0.15, settings.tau_service, settings.tau])
    row = next(row for row in found.rows if row.tau == found.tau)
    assert (row.edges, row.communities) == (graph.similarity.nnz // 2, graph.community_count)


def test_two_unlike_services_make_two_pure_domains(tools: list[ToolSpec]) -> None:
    (row,) = calibrate(tools, GraphSettings(), [0.35]).rows
    assert (row.domains, row.coverage, row.purity, row.largest) == (2, 1.0, 1.0, 6)
    assert row.inner > 5 * row.outer


def test_stability_is_measured_once_a_resample_and_the_same_each_time(
    tools: list[ToolSpec],
) -> None:
    first, second = (calibrate(tools, GraphSettings(), [0.35], seed=3) for _ in range(2))
    assert first == second
    assert [one.dropped for one in first.stability] == [1, 1, 1]
    assert all(one.rand == 1 for one in first.stability)


def test_the_page_marks_the_threshold_in_use_and_shows_the_plot(tools: list[ToolSpec]) -> None:
    found = calibrate(tools, GraphSettings(), [0.35, 0.6])
    page = calibration_page(found, "plot.svg")
    assert "| 0.35 * |" in page
    assert "| 0.60 |" in page
    assert "(plot.svg)" in page
    plot = calibration_plot(found)
    assert plot.startswith("<svg")
    assert plot.count("<polyline") == 4


def test_no_tools_are_refused() -> None:
    with pytest.raises(InputError, match="The pool has no tools"):
        calibrate([], GraphSettings(), [0.35])
