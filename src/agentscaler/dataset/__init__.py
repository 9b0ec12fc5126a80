"""The training set: kept dialogues as chat messages with tools and a loss mask.

`build_dataset` takes domains with their kept trajectories and gives one `Example` a dialogue.
"""

from agentscaler.dataset.build import build_dataset
from agentscaler.dataset.example import Example
from agentscaler.dataset.messages import render_messages, render_tools
from agentscaler.dataset.settings import DatasetSettings

__all__ = ["DatasetSettings", "Example", "build_dataset", "render_messages", "render_tools"]
