import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.corpus.tool import ToolSpec
from agentscaler.errors import AgentScalerError, InputError, MissingExtraError
from agentscaler.graph import GraphSettings, build_graph
from agentscaler.graph.embedding import SentenceEncoder, parameter_text

MakeTool = Callable[..., ToolSpec]
IS_INSTALLED = importlib.util.find_spec("sentence_transformers") is not None


@pytest.mark.skipif(IS_INSTALLED, reason="sentence-transformers is installed")
def test_without_its_package_an_encoder_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match="pip install sentence-transformers"):
        SentenceEncoder(tmp_path)


@pytest.mark.skipif(not IS_INSTALLED, reason="sentence-transformers is not installed")
def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no sentence encoder"):
        SentenceEncoder(tmp_path)


def test_the_setting_loads_the_encoder(shop: list[ToolSpec], tmp_path: Path) -> None:
    with pytest.raises(AgentScalerError, match=r"graph\.encoder"):
        build_graph(shop, GraphSettings(encoder=str(tmp_path)))


def test_a_parameter_list_reads_as_names_and_what_is_said_of_them(make_tool: MakeTool) -> None:
    tool = make_tool("SendInvoice", "invoiceId colour")
    tool.parameters["properties"]["invoiceId"]["description"] = "Which one."
    assert parameter_text(tool) == "invoice id: Which one.\ncolour"
