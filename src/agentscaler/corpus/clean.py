"""Cleaning: which operations that were read enter the pool, and why the others do not."""

import re
from hashlib import sha256

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.words import split_words
from agentscaler.ledger import Rejection

__all__ = ["Cleaner", "is_english"]

_COMMON = """
a an the of to for and in is are by or with from this that on as be your you it its if all any at
can not use get set given using which one when specified returns about
"""
_COMMON_WORDS = frozenset(_COMMON.split())
_ENOUGH_WORDS = 12
_LEAST_ASCII = 0.9
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_DEPRECATED = re.compile(
    r"\W*(?:this (?:action|operation|api|method) (?:is|has been) deprecated|deprecated\b)",
    re.IGNORECASE,
)


class Cleaner:
    """Takes readings one after the other and remembers what it kept, so that it sees duplicates."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._ids: set[str] = set()
        self._first: dict[tuple[str, bytes], ToolSpec] = {}
        self.tools: list[ToolSpec] = []
        self.rejections: list[Rejection] = []

    def take(self, reading: Reading) -> None:
        """Sorts a reading's tools into `tools` and `rejections`."""
        self.rejections += reading.rejections
        for tool in reading.tools:
            if verdict := self._verdict(tool):
                reason, detail = verdict
                self.rejections.append(
                    Rejection(stage="pool", id=tool.id, reason=reason, detail=detail)
                )
            else:
                self.tools.append(self._described(tool))

    def _verdict(self, tool: ToolSpec) -> tuple[PoolReason, str] | None:
        """Why the tool is not kept, or None; a kept tool is remembered."""
        count = len(tool.parameters.get("properties", {}))
        if count > self._settings.max_parameters:
            return PoolReason.TOO_MANY_PARAMETERS, f"{count} or more parameters"
        if not is_english(tool.description):
            return PoolReason.NOT_ENGLISH, tool.description[:80]
        if _DEPRECATED.match(tool.description):
            return PoolReason.DEPRECATED, tool.description[:80]
        if tool.id in self._ids:
            return PoolReason.DUPLICATE_NAME, "an operation of this id was read before"
        first = self._first.setdefault((tool.provider, _signature(self._described(tool))), tool)
        if first is not tool:
            is_near = first.service == tool.service
            reason = PoolReason.DUPLICATE if is_near else PoolReason.DUPLICATE_ELSEWHERE
            return reason, f"same as {first.id}"
        self._ids.add(tool.id)
        return None

    def _described(self, tool: ToolSpec) -> ToolSpec:
        """The tool, with a description made from its name where its own says too little."""
        if len(tool.description) >= self._settings.min_description:
            return tool
        *resources, method = tool.name.split(".")
        words = [*split_words(method), *split_words(resources[-1] if resources else "")]
        made = f"{' '.join(words).capitalize()} ({tool.service_title})."
        return tool.model_copy(update={"description": made})


def is_english(text: str) -> bool:
    """Whether a description may be English: Latin letters, and common words if it is long."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return True
    if sum(letter.isascii() for letter in letters) < _LEAST_ASCII * len(letters):
        return False
    words = [word.strip(".,;:()'\"").lower() for word in text.split()]
    return len(words) < _ENOUGH_WORDS or any(word in _COMMON_WORDS for word in words)


def _signature(tool: ToolSpec) -> bytes:
    """What two operations must share to be one: words, method name and parameters' names."""
    words = _NOT_LETTERS.sub(" ", tool.description.lower()).strip()
    method = tool.name.rpartition(".")[2].lower()
    names = sorted(name.lower() for name in tool.parameters.get("properties", {}))
    return sha256("\0".join([method, words, *names]).encode()).digest()
