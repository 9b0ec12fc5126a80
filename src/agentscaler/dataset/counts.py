"""How much a training set holds: examples, turns, calls, tokens, by split, as counters.

Counters add up over domains, so a stage that was killed goes on counting where it stopped.  The
keys of a split begin with its name: "train/examples", "train/calls of 4-5".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic_core import to_json

from agentscaler.dataset.example import DatasetDomain, Example

__all__ = [
    "CALL_BANDS",
    "CHARACTERS_A_TOKEN",
    "TOKEN_BANDS",
    "TURN_BANDS",
    "SplitCounts",
    "band_name",
    "count_examples",
]

CHARACTERS_A_TOKEN = 4
"""Tokens are not counted but estimated, at so many characters each: no tokenizer is at hand, and
each has its own opinion."""

Bands = tuple[tuple[int, int | None], ...]

CALL_BANDS: Bands = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 9), (10, 14), (15, None))
TOKEN_BANDS: Bands = ((0, 1999), (2000, 3999), (4000, 7999), (8000, 15999), (16000, None))
TURN_BANDS: Bands = ((1, 2), (3, 4), (5, 6), (7, 9), (10, 14), (15, 24), (25, None))


@dataclass(frozen=True)
class SplitCounts:
    """The counters of one split, read back.

    Attributes:
        examples, domains, tools: how many of each.
        turns: messages of the user and of the agent.
        calls: tool calls, those that were refused included.
        tokens, learned_tokens: estimated, tool definitions included; those that the loss sees.
        parallel: messages with several calls at once.
        recovered: examples in which calls were refused.
        unlearned: messages of the agent that the mask leaves out.
        kinds, engines, agents, users: examples by each.
        calls_by_band, turns_by_band, tokens_by_band: examples by how many they have ("4-5").
    """

    examples: int
    domains: int
    tools: int
    turns: int
    calls: int
    tokens: int
    learned_tokens: int
    parallel: int
    recovered: int
    unlearned: int
    kinds: Mapping[str, int]
    engines: Mapping[str, int]
    agents: Mapping[str, int]
    users: Mapping[str, int]
    calls_by_band: Mapping[str, int]
    turns_by_band: Mapping[str, int]
    tokens_by_band: Mapping[str, int]

    @classmethod
    def read(cls, split: str, counters: Mapping[str, int]) -> "SplitCounts":
        """The counts of a split out of a stage's counters; 0 where there is no counter."""

        def count(key: str) -> int:
            return counters.get(f"{split}/{key}", 0)

        def group(name: str) -> dict[str, int]:
            start = f"{split}/{name} "
            found = {
                key.removeprefix(start): n for key, n in counters.items() if key.startswith(start)
            }
            return dict(sorted(found.items()))

        return cls(
            examples=count("examples"),
            domains=count("domains"),
            tools=count("tools"),
            turns=count("turns"),
            calls=count("calls"),
            tokens=count("characters") // CHARACTERS_A_TOKEN,
            learned_tokens=count("learned characters") // CHARACTERS_A_TOKEN,
            parallel=count("parallel"),
            recovered=count("recovered"),
            unlearned=count("unlearned"),
            kinds=group("kind"),
            engines=group("engine"),
            agents=group("agent"),
            users=group("user"),
            calls_by_band=group("calls of"),
            turns_by_band=group("turns of"),
            tokens_by_band=group("tokens of"),
        )


def count_examples(domain: DatasetDomain, examples: Iterable[Example]) -> Counter[str]:
    """The counters of one domain's examples."""
    counts: Counter[str] = Counter()
    characters_of_tools: int | None = None
    for example in examples:
        if characters_of_tools is None:
            characters_of_tools = len(to_json(example.tools))
        counts.update(_of_example(example, characters_of_tools))
    if counts["examples"]:
        counts["domains"] += 1
        counts["tools"] += len(domain.tools)
    return Counter({f"{domain.split}/{key}": n for key, n in counts.items() if n})


def _of_example(example: Example, characters_of_tools: int) -> Counter[str]:
    counts: Counter[str] = Counter(examples=1, recovered=int(example.recovered))
    counts["characters"] = characters_of_tools
    for message, learned in zip(example.messages, example.loss_mask, strict=True):
        calls = message.get("tool_calls", ())
        characters = len(message["content"]) + sum(
            len(call["function"]["name"]) + len(to_json(call["function"]["arguments"]))
            for call in calls
        )
        counts["characters"] += characters
        counts["learned characters"] += characters if learned else 0
        counts["turns"] += message["role"] in {"user", "assistant"}
        counts["calls"] += len(calls)
        counts["parallel"] += len(calls) > 1
        counts["unlearned"] += message["role"] == "assistant" and not learned
    counts[f"calls of {_band(counts['calls'], CALL_BANDS)}"] += 1
    counts[f"turns of {_band(counts['turns'], TURN_BANDS)}"] += 1
    counts[f"tokens of {_band(counts['characters'] // CHARACTERS_A_TOKEN, TOKEN_BANDS)}"] += 1
    for name in ("kind", "engine", "agent", "user"):
        counts[f"{name} {getattr(example, name)}"] += 1
    return counts


def band_name(least: int, most: int | None) -> str:
    """A band in words: "3", "4-5", "15 or more"."""
    if most is None:
        return f"{least:,} or more"
    return str(least) if least == most else f"{least:,}-{most:,}"


def _band(number: int, bands: Bands) -> str:
    """The name of the first band that reaches up to the number."""
    return next(band_name(low, high) for low, high in bands if high is None or number <= high)
