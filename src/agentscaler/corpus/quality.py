"""Which tools may leave the pool because a language model calls them poor.

Nothing can be executed here that would show whether a tool is worth having.  So a judgement turns a
tool away only where a rule sees a ground for it too, and a batch in which too many tools are called
poor is not believed: neither a lazy model nor a hostile description can empty a pool.
"""

from collections.abc import Mapping
from enum import StrEnum

from agentscaler.corpus.mentions import content_words, is_known, schema_texts
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.tool_forms import Judgement
from agentscaler.corpus.tool_reading import ToolReading
from agentscaler.corpus.wording import plain, wording_faults
from agentscaler.words import split_words

__all__ = ["QualityReason", "agreed_reason", "judgement_faults", "most_poor", "poor_reasons"]

_REASON = (15, 200)
_POOR_SHARE = 3
"""One tool in so many may be called poor."""
_PLUMBING = frozenset(
    "debug echo handshake health healthcheck heartbeat internal introspect keepalive noop ping"
    " preflight telemetry warmup".split()
)
"""Words in the names of operations that serve programs rather than people."""
_PLUMBING_PHRASES = (
    {"iam", "policy"},
    {"iam", "permission"},
    {"tag", "resource"},
    {"untag", "resource"},
)
_OPERATIONS = frozenset({"delete", "get", "list", "operation", "wait"})
"""Of a long-running operation's own methods, which programs call to see how far it is."""
_OPAQUE = frozenset(
    "arg args argument blob body bytes content data input json param params parameter payload raw"
    " request value".split()
)


class QualityReason(StrEnum):
    """Why a tool was turned away for its quality."""

    UNCLEAR = "unclear"
    """A model cannot tell what it does, and its description adds little to its name."""
    UNWANTED = "unwanted"
    """A model sees no use for it in a conversation, and its name speaks of plumbing."""
    UNTELLABLE = "untellable"
    """A model says that nobody could tell what it requires, and that is of no known form."""


def most_poor(count: int) -> int:
    """How many tools of a batch may be called poor."""
    return count // _POOR_SHARE


def poor_reasons(judgement: Judgement) -> list[QualityReason]:
    """The criteria by which a judgement calls its tool poor."""
    verdicts = {
        QualityReason.UNCLEAR: judgement.clear,
        QualityReason.UNWANTED: judgement.wanted,
        QualityReason.UNTELLABLE: judgement.tellable,
    }
    return [reason for reason, is_good in verdicts.items() if not is_good]


def agreed_reason(
    tool: ToolSpec, judgement: Judgement, reading: ToolReading
) -> QualityReason | None:
    """The first of these criteria of which a rule finds the same."""
    seen = {
        QualityReason.UNCLEAR: _may_be_unclear(tool, reading),
        QualityReason.UNWANTED: _may_be_unwanted(tool),
        QualityReason.UNTELLABLE: _may_be_untellable(tool),
    }
    return next((reason for reason in poor_reasons(judgement) if seen[reason]), None)


def judgement_faults(tool: ToolSpec, judgement: Judgement) -> list[str]:
    """What is wrong with a judgement by itself."""
    said = plain(judgement.reason)
    faults = [f"reason {fault}" for fault in wording_faults(said, *_REASON)]
    texts = [tool.name, tool.description, tool.service_title, *schema_texts(tool.parameters)]
    known = content_words(" ".join(texts))
    if not faults and not any(is_known(word, known) for word in content_words(said)):
        faults.append("reason says nothing about this tool")
    return faults


def _may_be_unclear(tool: ToolSpec, reading: ToolReading) -> bool:
    """Whether an action is told by its name alone; "Deletes a template." says all there is."""
    named = content_words(f"{tool.name} {tool.service_title}")
    says_more = any(not is_known(word, named) for word in content_words(tool.description))
    return (reading.kind == "action" or not reading.resource) and not says_more


def _may_be_unwanted(tool: ToolSpec) -> bool:
    words = content_words(" ".join(tool.name.split(".")[-2:]))
    if "operation" in words and words <= _OPERATIONS:
        return True
    return bool(words & _PLUMBING) or any(words >= phrase for phrase in _PLUMBING_PHRASES)


def _may_be_untellable(tool: ToolSpec) -> bool:
    """Whether something is required that is free of form: bytes, or an object without fields."""
    properties: Mapping[str, Mapping[str, object]] = tool.parameters.get("properties") or {}
    return any(
        _is_formless(name, properties[name])
        for name in tool.parameters.get("required") or ()
        if name in properties
    )


def _is_formless(name: str, schema: Mapping[str, object]) -> bool:
    kind = schema.get("type")
    if kind == "object":
        return not schema.get("properties") and not schema.get("additionalProperties")
    if schema.get("format") in {"byte", "binary"}:
        return True
    words = split_words(name)
    nameless = all(word in _OPAQUE or len(word) == 1 or word.isdigit() for word in words)
    says_more = content_words(str(schema.get("description", ""))) - content_words(name)
    return nameless and kind in {None, "string"} and not says_more
