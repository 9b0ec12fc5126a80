from collections.abc import Callable, Sequence

import numpy as np
import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.graph.settings import BlockWeights
from agentscaler.graph.vectors import parameter_vectors, tool_vectors

MakeTool = Callable[..., ToolSpec]


def cosine(first: ToolSpec, second: ToolSpec, *context: ToolSpec) -> float:
    vectors = tool_vectors([first, second, *context], BlockWeights()).sparse
    return float((vectors[0] @ vectors[1].T).toarray()[0, 0])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_pool_of_any_size_has_a_row_a_tool(count: int, shop: list[ToolSpec]) -> None:
    assert len(tool_vectors(shop[:count], BlockWeights())) == count


def test_a_tool_with_all_parts_has_length_one_and_others_less(
    shop: list[ToolSpec], make_tool: MakeTool
) -> None:
    vectors = tool_vectors([*shop, make_tool("Get")], BlockWeights()).sparse
    lengths = np.sqrt(np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel())
    assert lengths[3] == pytest.approx(1, abs=1e-5)
    assert lengths[-1] == pytest.approx(np.sqrt(0.15), abs=1e-5)


def test_tools_that_share_parameters_are_nearer_than_those_that_do_not(
    make_tool: MakeTool,
) -> None:
    one = make_tool("SendInvoice", "invoiceId currencyCode")
    like = make_tool("PrintPaper", "invoiceId currencyCode")
    unlike = make_tool("PrintPaper", "printerModel trayNumber")
    assert cosine(one, like) > cosine(one, unlike) + 0.3


def test_spelling_does_not_matter(make_tool: MakeTool) -> None:
    camel = make_tool("getUser", "accountIds")
    snake = make_tool("get_user", "account_id")
    kebab = make_tool("other", "zebra")
    assert cosine(camel, snake, kebab) == pytest.approx(0.9, abs=1e-5)


def test_verbs_and_placeholders_do_not_tie_tools(make_tool: MakeTool) -> None:
    one = make_tool("CreateInvoice", path="/v1/{parent}/create")
    other = make_tool("CreateZebra", path="/v1/{parent}/create", service="zoo.animals")
    assert cosine(one, other) == 0


def test_what_nearly_every_tool_has_is_ignored_in_a_large_pool(make_tool: MakeTool) -> None:
    tools = [make_tool(f"GetZ{i}", "region", service=f"p{i}.s{i}") for i in range(300)]
    vectors = tool_vectors(tools, BlockWeights()).sparse
    assert (vectors[0] @ vectors[1].T).nnz == 0


def test_weights_decide_which_part_counts(make_tool: MakeTool) -> None:
    one = make_tool("SendInvoice", "invoiceId")
    other = make_tool("DrawZebra", "invoiceId", service="zoo.animals")
    only_names = BlockWeights(parameters=0, names=1, service=0, returns=0)
    vectors = tool_vectors([one, other], only_names).sparse
    assert (vectors[0] @ vectors[1].T).toarray()[0, 0] == 0


def test_parameters_that_only_shape_a_list_do_not_tie_tools(make_tool: MakeTool) -> None:
    one = make_tool("ListInvoices", "filter orderBy", service="a.x")
    other = make_tool("ListZebras", "filter order_by", service="b.y")
    assert cosine(one, other) == 0


def test_the_papers_vectors_know_parameters_alone(make_tool: MakeTool) -> None:
    one = make_tool("SendInvoice", "page invoiceId", "total")
    other = make_tool("DrawZebra", "page invoiceId", "stripes", service="zoo.animals")
    vectors = parameter_vectors([one, other]).sparse
    assert (vectors[0] @ vectors[1].T).toarray()[0, 0] == pytest.approx(1, abs=1e-5)


def test_an_encoder_makes_the_block_of_the_parameters(make_tool: MakeTool) -> None:
    tools = [make_tool("SendInvoice", "invoiceId"), make_tool("DrawZebra", "")]
    vectors = tool_vectors(tools, BlockWeights(), TwoLetters())
    assert vectors.dense is not None
    assert vectors.dense.tolist() == pytest.approx(np.sqrt(0.45) * np.array([[1, 0], [0, 1]]))
    assert parameter_vectors(tools, TwoLetters()).sparse.nnz == 0


class TwoLetters:
    """An encoder that knows whether a text has an i."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[1, 0] if "i" in text else [0, 1] for text in texts], dtype=np.float32)
