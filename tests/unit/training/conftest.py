"""Real dialogues, of a small run made for the purpose, and tokenizers trained on them."""

from collections.abc import Sequence

import pytest

from agentscaler.dataset import Example
from agentscaler.pipeline import Settings, run
from agentscaler.runfolder import RunFolder
from agentscaler.training import ChatTemplate, FileTokenizer, load_template, template_names
from tests.unit.training.thinking import with_thinking

VERTICALS = {"verticals": ("hotel", "school"), "trials": 8}


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Example]:
    """Dialogues of two verticals, as the pipeline makes them; half of the replies think first."""
    folder = RunFolder.open(tmp_path_factory.mktemp("run") / "run", create=True)
    settings = {"sources": (), "workers": 1, "domain": VERTICALS}
    run(folder, Settings.model_validate({**settings, "task": {"per_domain": 8}}))
    splits = ("dataset/train.jsonl", "dataset/held_out.jsonl")
    examples = [example for split in splits for example in folder.read(split, Example)]
    return [with_thinking(example) for example in examples]


@pytest.fixture(params=template_names())
def template(request: pytest.FixtureRequest) -> ChatTemplate:
    """Each of the program's own templates."""
    pytest.importorskip("jinja2", reason="needs the extra templates")
    return load_template(request.param)


@pytest.fixture(scope="session")
def tokenizers(real: Sequence[Example]) -> dict[str, FileTokenizer]:
    """A tokenizer for each of the program's own templates."""
    pytest.importorskip("jinja2", reason="needs the extra templates")
    pytest.importorskip("tokenizers", reason="needs the extra templates")
    from tests.unit.training.trained import trained_tokenizer

    return {
        name: trained_tokenizer(load_template(name), real[:6], size=900)
        for name in template_names()
    }


@pytest.fixture
def tokenizer(template: ChatTemplate, tokenizers: dict[str, FileTokenizer]) -> FileTokenizer:
    """The tokenizer that goes with the template."""
    return tokenizers[template.name]
