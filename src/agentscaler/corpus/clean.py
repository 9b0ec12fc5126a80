"""Cleaning: which operations that were read enter the pool, and why the others do not."""

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import groupby
from operator import attrgetter

from agentscaler.corpus.reason import PoolReason
from agentscaler.corpus.service import Reading
from agentscaler.corpus.settings import PoolSettings
from agentscaler.corpus.tool import ToolSpec
from agentscaler.ledger import Rejection
from agentscaler.words import split_words

__all__ = ["Cleaner", "is_english"]

_COMMON = """
a an the of to for and in is are by or with from this that on as be your you it its if all any at
can not use get set given using which one when specified returns about
"""
_COMMON_WORDS = frozenset(_COMMON.split())
_ENOUGH_WORDS = 12
_LEAST_ASCII = 0.9
_NOT_LETTERS = re.compile(r"[\W_]+")
_DEPRECATED = re.compile(
    r"\W*(?:this (?:action|operation|api|method) (?:is|has been) deprecated|deprecated\b)",
    re.IGNORECASE,
)
_HTTP_PREFIX = re.compile(r"^(?:GET|POST)_(?=[A-Z])")
_ENOUGH_LETTERS = 20
_TELLING = 100
"""Characters of a description that tell one operation of a service from another."""


class Cleaner:
    """Takes readings one after the other and remembers what it kept, so that it sees duplicates."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._ids: set[str] = set()
        self._first: dict[tuple[str, bytes], ToolSpec] = {}
        self._told: dict[str, ToolSpec] = {}
        self._of_service: Counter[str] = Counter()
        self._of_provider: Counter[str] = Counter()
        self.tools: list[ToolSpec] = []
        self.rejections: list[Rejection] = []

    def take(self, reading: Reading) -> None:
        """Sorts a reading's tools into `tools` and `rejections`."""
        self.rejections += reading.rejections
        fit: list[ToolSpec] = []
        for tool in reading.tools:
            described = self._described(tool)
            if verdict := self._verdict(tool, described):
                self._reject(tool, *verdict)
            else:
                self._remember(described)
                fit.append(described)
        by_service = attrgetter("service")
        for _, group in groupby(sorted(fit, key=by_service), by_service):
            self._keep(self._capped(list(group)))

    def _verdict(self, tool: ToolSpec, described: ToolSpec) -> tuple[PoolReason, str] | None:
        """Why the tool is not fit for the pool, or None."""
        settings = self._settings
        count = len(tool.parameters.get("properties", {}))
        if count > settings.max_parameters:
            return PoolReason.TOO_MANY_PARAMETERS, f"{count} or more parameters"
        if settings.language == "en" and not is_english(tool.description):
            return PoolReason.NOT_ENGLISH, tool.description[:80]
        if settings.deprecated == "drop" and _DEPRECATED.match(tool.description):
            return PoolReason.DEPRECATED, tool.description[:80]
        if tool.id in self._ids:
            return PoolReason.DUPLICATE_NAME, "an operation of this id was read before"
        return self._duplicate(described)

    def _duplicate(self, tool: ToolSpec) -> tuple[PoolReason, str] | None:
        """Which operation that was kept is the same one, as far as the settings want to know."""
        first = self._first.get(self._key(tool))
        if first is not None:
            is_near = first.service == tool.service
            reason = PoolReason.DUPLICATE if is_near else PoolReason.DUPLICATE_ELSEWHERE
            return reason, f"same as {first.id}"
        for key in self._tellings(tool):
            told = self._told.get(key)
            if told is not None and told.source != tool.source:
                return PoolReason.DUPLICATE_SOURCE, f"same as {told.id}"
        return None

    def _key(self, tool: ToolSpec) -> tuple[str, bytes]:
        """What a tool shares with its duplicates; where they are kept, its own id."""
        scope = {"keep": tool.id, "service": tool.service}.get(
            self._settings.duplicates, tool.provider
        )
        return scope, _signature(tool)

    def _tellings(self, tool: ToolSpec) -> list[str]:
        """What an operation has in all the documents that different readers take it from: its
        service's title with its name, and the title with a description that is long enough."""
        if self._settings.duplicates != "everywhere":
            return []
        title, words = _letters(tool.service_title), _letters(tool.description)
        keys = [f"{title}/{_letters(_HTTP_PREFIX.sub('', tool.name))}"]
        return [*keys, f"{title}:{words[:_TELLING]}"] if len(words) >= _ENOUGH_LETTERS else keys

    def _remember(self, tool: ToolSpec) -> None:
        self._ids.add(tool.id)
        self._first.setdefault(self._key(tool), tool)
        for key in self._tellings(tool):
            self._told.setdefault(key, tool)

    def _forget(self, tool: ToolSpec) -> None:
        """Takes a tool back that is not kept after all, so that its double may be."""
        self._ids.discard(tool.id)
        if self._first.get(self._key(tool)) is tool:
            del self._first[self._key(tool)]
        for key in self._tellings(tool):
            if self._told.get(key) is tool:
                del self._told[key]

    def _capped(self, tools: list[ToolSpec]) -> list[ToolSpec]:
        """What the caps leave of one service's tools; the others are rejected.

        Which tools of a service stay depends on nothing but their ids.  A service that would put
        its provider over the cap is dropped whole, unless it is the provider's first.
        """
        settings, first = self._settings, tools[0]
        if settings.service_cap is not None:
            room = max(settings.service_cap - self._of_service[first.service], 0)
            tools = self._sampled(tools, room, PoolReason.OVER_SERVICE_CAP)
        if settings.provider_cap is not None:
            room = settings.provider_cap - self._of_provider[first.provider]
            if len(tools) > room:
                is_first = room == settings.provider_cap
                room = room if is_first else 0
                tools = self._sampled(tools, room, PoolReason.OVER_PROVIDER_CAP)
        return tools

    def _sampled(self, tools: list[ToolSpec], room: int, reason: PoolReason) -> list[ToolSpec]:
        """As many of the tools as there is room for; the others are rejected."""
        if len(tools) <= room:
            return tools
        drawn = sorted(tools, key=lambda tool: sha256(tool.id.encode()).digest())
        for tool in drawn[room:]:
            self._reject(tool, reason, f"{len(tools)} tools, room for {room}")
            self._forget(tool)
        return drawn[:room]

    def _keep(self, tools: Iterable[ToolSpec]) -> None:
        for tool in tools:
            self._of_service[tool.service] += 1
            self._of_provider[tool.provider] += 1
            self.tools.append(tool)

    def _reject(self, tool: ToolSpec, reason: PoolReason, detail: str) -> None:
        self.rejections.append(Rejection(stage="pool", id=tool.id, reason=reason, detail=detail))

    def _described(self, tool: ToolSpec) -> ToolSpec:
        """The tool, with a description made from its name where its own says too little."""
        if len(tool.description) >= self._settings.min_description:
            return tool
        *resources, method = tool.name.split(".")
        words = [*split_words(method), *split_words(resources[-1] if resources else "")]
        made = f"{' '.join(words).capitalize()} ({tool.service_title})."
        return tool.model_copy(update={"description": made})


def is_english(text: str) -> bool:
    """Whether a text may be English: mostly ASCII letters, and if long, with its common words."""
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return True
    if sum(letter.isascii() for letter in letters) < _LEAST_ASCII * len(letters):
        return False
    words = [word.strip(".,;:()'\"").lower() for word in text.split()]
    return len(words) < _ENOUGH_WORDS or any(word in _COMMON_WORDS for word in words)


def _signature(tool: ToolSpec) -> bytes:
    """What two operations must share to be one: words, method name and parameters' names."""
    method = tool.name.rpartition(".")[2].lower()
    names = sorted(name.lower() for name in tool.parameters.get("properties", {}))
    return sha256("\0".join([method, _letters(tool.description), *names]).encode()).digest()


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub(" ", text.lower()).strip()
