"""API descriptions in, a clean pool of tools out."""

from agentscaler.corpus.load import Pool, load_corpus
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import Effect, ToolSpec

__all__ = ["Effect", "Pool", "PoolReason", "PoolSettings", "ToolSpec", "load_corpus"]
