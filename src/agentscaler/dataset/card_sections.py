"""The sections of a dataset card, each a function from the facts of a run to Markdown."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from agentscaler.corpus.english import listing
from agentscaler.dataset.contamination import OverlapKind
from agentscaler.dataset.counts import (
    CALL_BANDS,
    CHARACTERS_A_TOKEN,
    TOKEN_BANDS,
    TURN_BANDS,
    SplitCounts,
    band_name,
)
from agentscaler.dataset.facts import DatasetFacts, JudgedFacts, StageFacts

__all__ = [
    "TITLE",
    "contamination",
    "content",
    "introduction",
    "judged",
    "licences",
    "making",
    "provenance",
    "settings",
    "use",
]

TITLE = "AgentScaler: tool use in executable domains"

_SPLIT_NAMES = {"train": "train", "held_out": "held out"}
_ENGINES = {"rules": "made from API descriptions by rules", "curated": "written by hand"}
_UNKNOWN = "unknown"
_PROVIDERS_NAMED = 12
_NAMES_SHOWN = 20


def introduction(facts: DatasetFacts) -> str:
    """What it is, in a paragraph."""
    examples, domains = _sum(facts, "examples"), _sum(facts, "domains")
    agents = listing(sorted(_merged(facts, "agents"))) or "no"
    users = listing(sorted(_merged(facts, "users"))) or "no"
    if not examples:
        return f"# {TITLE}\n\nNo dialogue was kept: there are no examples.\n"
    made = Counter(_ENGINES.get(one.engine, f"made by {one.engine}") for one in facts.domains)
    engines = [f"{n:,} {words}" for words, n in sorted(made.items())]
    text = (
        f"{_number(examples, 'dialogue')} in English, in which an agent (the policy {agents}) "
        f"serves a simulated user (the policy {users}) by calling tools. The tools act on "
        f"databases of {_number(domains, 'domain')}, {listing(engines)}. Each dialogue plays a "
        "task whose right outcome is known by running it, and was kept because its calls, run "
        "again, have that outcome."
    )
    return f"# {TITLE}\n\n{text}\n"


def content(facts: DatasetFacts) -> str:
    """Counts by split, kinds, and lengths."""
    splits = [(split, counts) for split, counts in facts.splits.items() if counts.examples]
    names = [_SPLIT_NAMES[split] for split, _ in splits]
    columns = [counts for _, counts in splits]
    rows = [
        ("dialogues", [f"{one.examples:,}" for one in columns]),
        ("domains", [f"{one.domains:,}" for one in columns]),
        ("tools", [f"{one.tools:,}" for one in columns]),
        ("turns of user and agent", [f"{one.turns:,}" for one in columns]),
        ("tool calls", [f"{one.calls:,}" for one in columns]),
        ("replies with several calls at once", [f"{one.parallel:,}" for one in columns]),
        ("dialogues with refused calls and their repair", [f"{c.recovered:,}" for c in columns]),
        ("replies that the loss mask leaves out", [f"{one.unlearned:,}" for one in columns]),
        ("tokens, about", [f"{one.tokens:,}" for one in columns]),
        ("of these learned, about", [f"{one.learned_tokens:,}" for one in columns]),
    ]
    kinds = sorted(_merged(facts, "kinds"))
    rows += [
        (f"{kind} tasks", [_share(c, c.kinds.get(kind, 0)) for c in columns]) for kind in kinds
    ]
    lengths = [
        (f"{noun}: {band}", [_share(counts, n) for counts, n in zip(columns, numbers, strict=True)])
        for noun, bands, by_band in (
            ("calls", CALL_BANDS, [counts.calls_by_band for counts in columns]),
            ("turns", TURN_BANDS, [counts.turns_by_band for counts in columns]),
            ("about so many tokens", TOKEN_BANDS, [counts.tokens_by_band for counts in columns]),
        )
        for band in (band_name(*limits) for limits in bands)
        if any(numbers := [found.get(band, 0) for found in by_band])
    ]
    return "\n".join(
        [
            "## What it holds\n",
            _table(["", *names], rows),
            f"Tokens are estimated: {CHARACTERS_A_TOKEN} characters of messages, calls and tool "
            "definitions are counted as one.\n",
            "Dialogues by length:\n",
            _table(["", *names], lengths),
            _split_words(facts),
        ]
    )


def making(facts: DatasetFacts) -> str:
    """The funnel table, engines, seed and versions."""
    rows = [
        (
            stage.name,
            [
                f"{stage.taken:,} {stage.takes}",
                f"{stage.given:,} {stage.gives}",
                listing([f"{n:,} {reason}" for reason, n in _by_size(stage.rejected)]) or "-",
            ],
        )
        for stage in facts.stages
    ]
    sources = [
        f"{name} ({version})" if version else name
        for stage in facts.stages
        for name, version in stage.sources.items()
    ]
    seeds = sorted({stage.seed for stage in facts.stages})
    origin = (
        f"The API descriptions come from {listing(sources)}. "
        if sources
        else "No API descriptions were read: all domains come with the program. "
    )
    return "\n".join(
        [
            "## How it was made\n",
            f"By AgentScaler {facts.version}, with the seed "
            f"{listing([str(seed) for seed in seeds])}. {origin}"
            "What went through each stage:\n",
            _table(["stage", "in", "out", "rejected by reason"], rows),
            _funnel_words(facts.stages),
        ]
    )


def judged(facts: JudgedFacts) -> str:
    """What a model said of how the dialogues read."""
    rows = [
        (criterion.replace("_", " "), [f"{mean:.2f}", f"{low:.1%}"])
        for criterion, (mean, low) in facts.by_criterion.items()
    ]
    return "\n".join(
        [
            "## How it reads\n",
            f"The model {facts.model} gave marks from 1 to 5 to "
            f"{_number(facts.dialogues, 'dialogue')} (prompt {facts.prompt}). They are one model's "
            "opinion, held against no person's, and no dialogue was taken or left by them.\n",
            _table(["criterion", "mean", "below 3"], rows),
        ]
    )


def licences(facts: DatasetFacts) -> str:
    """Licences of the API descriptions, by what their sources state."""
    groups: dict[str, list[tuple[str, str, str, int]]] = {}
    for domain in facts.domains:
        for tool in domain.tools:
            origin = (domain.provider, domain.service, domain.id, domain.examples)
            known = "" if tool.licence == _UNKNOWN else tool.licence
            groups.setdefault(known, []).append(origin)
    rows = []
    for licence in sorted(groups, key=lambda name: (-len(groups[name]), name)):
        members = groups[licence]
        by_provider = Counter(provider for provider, *_ in members)
        named = [f"{provider} ({n:,})" for provider, n in _by_size(by_provider)]
        more = len(named) - _PROVIDERS_NAMED
        rows.append(
            (
                licence or _UNKNOWN,
                [
                    f"{len(members):,}",
                    f"{len({service for _, service, *_ in members}):,}",
                    f"{len({domain for _, _, domain, _ in members}):,}",
                    ", ".join(named[:_PROVIDERS_NAMED])
                    + (f" and {more:,} more" if more > 0 else ""),
                ],
            )
        )
    engines = {domain.engine for domain in facts.domains}
    text = ""
    if engines - {"curated"}:
        text += (
            "Names and descriptions of tools derive from API descriptions, which belong to their "
            "owners. The licence stands here as the package or document of a description states "
            "it. "
        )
    if "curated" in engines:
        text += "Domains written by hand are under the licence of the program. "
    if "" in groups:
        text += (
            f"For {_number(len(groups['']), 'tool')} none is stated: their licence is unknown, and "
            "whether they may be used is for you to find out. "
        )
    text += "Rows of databases, tasks and dialogues are made by the program and copied from nobody."
    headings = ["licence", "tools", "services", "domains", "tools by provider"]
    return f"## Licences\n\n{text}\n\n{_table(headings, rows)}"


def contamination(facts: DatasetFacts) -> str:
    """What the training split has in common with benchmarks, or that nobody looked."""
    heading = "## Contamination\n\n"
    report = facts.contamination
    if not report.benchmarks:
        return (
            f"{heading}Not checked: the run was told of no benchmark "
            "(`dataset.contamination.against`).\n"
        )
    rows = []
    for one in report.benchmarks:
        counts = [f"{report.count(kind, one.name):,}" for kind in OverlapKind]
        if one.names_only:
            looked = {OverlapKind.NAMES}
            counts = [
                count if kind in looked else "-"
                for kind, count in zip(OverlapKind, counts, strict=True)
            ]
        rows.append((one.name, [f"{one.tools:,}", *counts[1:]]))
    kinds = [str(kind) for kind in OverlapKind if kind is not OverlapKind.SOURCES]
    names = Counter(one.common for one in report.overlaps if one.kind is OverlapKind.NAMES)
    shown = ", ".join(f"`{name}`" for name in sorted(names)[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    shown += f" and {more:,} more" if more > 0 else ""
    return "\n".join(
        [
            f"{heading}The train split was held against "
            f"{_number(len(report.benchmarks), 'benchmark')}. The evidence for what is in common "
            "stands in the run's `dataset/contamination.md`; - means that it was not looked for.\n",
            _table(["benchmark", "its tools", *kinds], rows),
            f"Names in common, in any case and order of words: {shown or 'none'}. A name in common "
            "does not make two tools the same; one whose parameters are the same too is a copy.\n",
            *(f"{line}\n" for line in report.source_lines),
        ]
    )


def use(facts: DatasetFacts) -> str:
    """What it is for, and its limits, as far as the run shows them."""
    users, agents = _merged(facts, "users"), _merged(facts, "agents")
    rejected = sum(sum(s.rejected.values()) for s in facts.stages if s.name == "filter")
    judged = sum(s.taken for s in facts.stages if s.name == "filter")
    limits = []
    if set(users) == {"scripted"}:
        limits.append("All users speak from phrases: they are less varied than people are.")
    if set(agents) == {"expert"}:
        limits.append(
            "All replies are those of a program that knows the right calls and waits until it "
            "could have found them out: there is no reasoning in words to learn from."
        )
    if "rules" in {domain.engine for domain in facts.domains}:
        limits.append(
            "Domains made by rules keep the names of real APIs, but not their behaviour: their "
            "tables, business rules and data are made up."
        )
    if judged and not rejected:
        limits.append(
            f"The funnel turned none of {judged:,} dialogues away: what it can tell apart does not "
            "show in these figures."
        )
    limits.append("Every text is English.")
    purpose = (
        "It is meant for training and testing models that call tools: fine-tuning on the train "
        "split, measuring on the domains held out. The loss is to be taken where `loss_mask` says "
        "so: on replies of the agent"
    )
    unlearned = _sum(facts, "unlearned")
    purpose += f", but for {unlearned:,} whose calls were all refused.\n" if unlearned else ".\n"
    return "\n".join(["## Use and limits\n", purpose, *(f"- {limit}" for limit in limits), ""])


def provenance(facts: DatasetFacts) -> str:
    """How an example is traced back, and the fingerprints of the stages."""
    rows = [(stage.name, [f"`{stage.fingerprint[:16]}`"]) for stage in facts.stages]
    return "\n".join(
        [
            "## Provenance\n",
            "Each example names its trajectory, task, domain, state, engine, agent, user and seed, "
            "and a fingerprint of each tool (its definition and the code that it ran). "
            "`domains.jsonl` names the API operation and the licence behind every tool. With the "
            "run at hand, `agentscaler show example ID --run DIR` goes the whole way back.\n",
            _table(["stage", "fingerprint"], rows),
        ]
    )


def settings(facts: DatasetFacts) -> str:
    """The settings of every stage."""
    chosen = {stage.name: stage.settings for stage in facts.stages}
    return f"## Settings\n\n```json\n{json.dumps(chosen, indent=1, ensure_ascii=False)}\n```\n"


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _split_words(facts: DatasetFacts) -> str:
    held_out = facts.splits["held_out"]
    if not held_out.examples:
        return "No domain is held out.\n"
    return (
        f"A domain is in one split only: {_number(held_out.domains, 'domain')} and all dialogues "
        "about them are held out, never to be trained on.\n"
    )


def _funnel_words(stages: Sequence[StageFacts]) -> str:
    judged = next((stage for stage in stages if stage.name == "filter"), None)
    if judged is None or not judged.taken:
        return ""
    return (
        f"The funnel kept {judged.given:,} of {judged.taken:,} dialogues "
        f"({judged.given / judged.taken:.1%}).\n"
    )


def _sum(facts: DatasetFacts, field: str) -> int:
    return sum(getattr(counts, field) for counts in facts.splits.values())


def _merged(facts: DatasetFacts, field: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in facts.splits.values():
        total.update(getattr(counts, field))
    return total


def _by_size(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _share(counts: SplitCounts, number: int) -> str:
    return f"{number:,} ({number / counts.examples:.1%})"


def _table(headings: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    lines = [
        f"| {' | '.join(headings)} |",
        f"|{'---|' * len(headings)}",
        *(f"| {' | '.join([_cell(name), *map(_cell, cells)])} |" for name, cells in rows),
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
