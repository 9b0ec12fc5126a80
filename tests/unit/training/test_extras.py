"""Without an optional package, what needs it says which extra to install."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentscaler.errors import MissingExtraError
from agentscaler.training import (
    ByteTokenizer,
    collate_packs,
    examples_dataset,
    load_recipe,
    load_template,
    load_tokenizer,
    pack_examples,
    render,
    rendered_dataset,
)
from agentscaler.training.sft import refuse_what_is_missing
from tests.unit.dataset.dialogues import PLAIN

NEEDS: dict[str, tuple[str, str, Callable[[], object]]] = {
    "rendering": (
        "jinja2",
        "templates",
        lambda: render(PLAIN, load_template("compact"), ByteTokenizer()),
    ),
    "a tokenizer": ("tokenizers", "templates", lambda: load_tokenizer(Path(__file__))),
    "a batch": ("torch", "train", lambda: collate_packs(pack_examples([], 9), 0)),
    "examples": ("datasets", "train", lambda: examples_dataset([PLAIN])),
    "rows": ("datasets", "train", lambda: rendered_dataset([])),
    "training": ("torch", "train", lambda: refuse_what_is_missing(load_recipe("qwen3-4b"))),
}


@pytest.mark.parametrize("need", NEEDS)
def test_what_needs_a_package_names_its_extra(need: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package, extra, deed = NEEDS[need]
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "agentscaler.training.templating", raising=False)
    with pytest.raises(MissingExtraError, match=f"the package {package}, which is not") as error:
        deed()
    assert error.value.remedy == f"Run: pip install 'agentscaler[{extra}]'"
