"""API descriptions in, a clean pool of tools out."""

from agentscaler.corpus.detect import Form, Source, detect
from agentscaler.corpus.functions import slug
from agentscaler.corpus.load import PACKAGED, Pool, SourceCount, load_corpus
from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.sharing import share_schemas
from agentscaler.corpus.tool import Effect, ToolSpec

__all__ = [
    "PACKAGED",
    "Effect",
    "Form",
    "Pool",
    "PoolReason",
    "PoolSettings",
    "Source",
    "SourceCount",
    "ToolSpec",
    "detect",
    "load_corpus",
    "share_schemas",
    "slug",
]
