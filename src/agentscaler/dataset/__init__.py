"""The training set: kept dialogues as chat messages with tools and a loss mask.

`build_dataset` takes domains with their kept trajectories and gives one `Example` a dialogue;
`render_card` says what came out; `exports` has the formats that trainers read.
"""

from agentscaler.dataset.build import DomainExamples, build_dataset
from agentscaler.dataset.card import card_for_files, render_card
from agentscaler.dataset.counts import SplitCounts, count_examples
from agentscaler.dataset.example import DatasetDomain, DatasetTool, Example, Split
from agentscaler.dataset.facts import DatasetFacts, JudgedFacts, StageFacts
from agentscaler.dataset.fingerprints import fingerprint_tools
from agentscaler.dataset.messages import render_messages, render_tools
from agentscaler.dataset.settings import DatasetSettings

__all__ = [
    "DatasetDomain",
    "DatasetFacts",
    "DatasetSettings",
    "DatasetTool",
    "DomainExamples",
    "Example",
    "JudgedFacts",
    "Split",
    "SplitCounts",
    "StageFacts",
    "build_dataset",
    "card_for_files",
    "count_examples",
    "fingerprint_tools",
    "render_card",
    "render_messages",
    "render_tools",
]
