"""The dataset card: what a training set is, how it was made, and what it is good for.

It is Markdown with the YAML front matter that Hugging Face reads.  Every figure and every sentence
that says something of the data follows from the facts of the run.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from agentscaler.dataset import card_sections as sections
from agentscaler.dataset.example import Split
from agentscaler.dataset.facts import DatasetFacts

__all__ = ["card_for_files", "render_card"]

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_RULE = "---\n"


def render_card(facts: DatasetFacts, files: Mapping[Split, str]) -> str:
    """The card of the files of a run.

    Args:
        files: the file of each split that has examples.
    """
    examples = sum(split.examples for split in facts.splits.values())
    front = {
        "pretty_name": sections.TITLE,
        "language": ["en"],
        "license": "other",
        "license_name": "see-the-section-licences",
        "task_categories": ["text-generation"],
        "tags": ["tool-use", "function-calling", "agents", "multi-turn", "synthetic"],
        "size_categories": [next((word for most, word in _SIZES if examples < most), "n>1M")],
        "configs": _configs({split: (file,) for split, file in files.items()}),
    }
    body = [
        sections.introduction(facts),
        sections.content(facts),
        sections.making(facts),
        *([sections.judged(facts.judged)] if facts.judged is not None else []),
        sections.licences(facts),
        sections.contamination(facts),
        sections.use(facts),
        sections.provenance(facts),
        sections.settings(facts),
    ]
    return _front_matter(front) + "\n" + "\n".join(body)


def card_for_files(
    card: str,
    files: Mapping[Split, tuple[str, ...]],
    features: Sequence[Mapping[str, str]] | None,
    about: str,
) -> str:
    """The same card for other files.

    Args:
        card: as `render_card` made it.
        files: the files of each split.
        features: the types of the columns, as the `datasets` library writes them.
        about: Markdown on these files, put before everything else.
    """
    _, front_matter, body = card.split(_RULE, 2)
    front = yaml.safe_load(front_matter)
    front["configs"] = _configs(files)
    if features is not None:
        front["dataset_info"] = {"features": [dict(feature) for feature in features]}
    return _front_matter(front) + f"\n{about.rstrip()}\n{body}"


def _configs(files: Mapping[Split, tuple[str, ...]]) -> list[dict[str, Any]]:
    """The one configuration: which files make up which split."""
    return [
        {
            "config_name": "default",
            "data_files": [
                {"split": str(split), "path": names[0] if len(names) == 1 else list(names)}
                for split, names in files.items()
            ],
        }
    ]


def _front_matter(front: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(front, sort_keys=False, width=100)
    return _RULE + text + _RULE
