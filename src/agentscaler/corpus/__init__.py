"""API descriptions in, a clean pool of tools out."""

from agentscaler.corpus.detect import Form, Source, detect
from agentscaler.corpus.functions import slug
from agentscaler.corpus.load import PACKAGED, Pool, SourceCount, load_corpus
from agentscaler.corpus.quality import QualityReason
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.rewriting import CORPUS_PROMPTS, Rewritten, rewrite_tools
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.sharing import share_schemas
from agentscaler.corpus.tool import Effect, ToolSpec
from agentscaler.corpus.tool_brief import tool_batches
from agentscaler.corpus.tool_reading import ReadTool, ToolReading

__all__ = [
    "CORPUS_PROMPTS",
    "PACKAGED",
    "Effect",
    "Form",
    "Pool",
    "PoolReason",
    "PoolSettings",
    "QualityReason",
    "ReadTool",
    "Rewritten",
    "Source",
    "SourceCount",
    "ToolReading",
    "ToolSpec",
    "detect",
    "load_corpus",
    "rewrite_tools",
    "share_schemas",
    "slug",
    "tool_batches",
]
