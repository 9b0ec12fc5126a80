"""A funnel for people: a Markdown page and an SVG plot."""

from collections.abc import Iterator, Mapping

from agentscaler.charts import document, rect, text
from agentscaler.filtering.tally import FunnelTally
from agentscaler.filtering.verdict import FunnelStage

__all__ = ["funnel_page", "funnel_plot"]

_WORST = 10
_WIDTH, _BAR, _GAP, _LEFT, _RIGHT = 640, 26, 8, 150, 90
_COLOURS = {
    FunnelStage.PASSED: "#1f6f8b",
    FunnelStage.VALIDITY: "#c0392b",
    FunnelStage.ALIGNMENT: "#e67e22",
    FunnelStage.MATCHING: "#8e44ad",
}
_STAGES = (FunnelStage.VALIDITY, FunnelStage.ALIGNMENT, FunnelStage.MATCHING)


def funnel_page(tally: FunnelTally, plot: str) -> str:
    """The page; `plot` is where its picture lies."""
    return "\n".join(
        [
            "# The funnel",
            "",
            f"{tally.kept:,} of {tally.judged:,} trajectories are kept"
            f" ({_share(tally.kept, tally.judged)}), {tally.recovered:,} of them with a recovery"
            " from a refused call.",
            "",
            f"![what is left after each stage, and what becomes of each length]({plot})",
            "",
            *_stage_lines(tally),
            *_reason_lines(tally),
            *_length_lines(tally),
            *_recovery_lines(tally),
            *_domain_lines(tally),
        ]
    )


def _stage_lines(tally: FunnelTally) -> Iterator[str]:
    yield from ("| stage | in | turned away | left | share of all |", "|---|---|---|---|---|")
    failed = sum(tally.failed.values())
    if failed:
        owners = ", ".join(f"{n:,} {owner}" for owner, n in tally.failed.items())
        yield (
            f"| rollout | {tally.judged + failed:,} | {failed:,} ({owners}) | {tally.judged:,}"
            f" | {_share(tally.judged, tally.judged)} |"
        )
    before = tally.judged
    for stage in _STAGES:
        left = tally.left_after(stage)
        share = _share(left, tally.judged)
        yield f"| {stage} | {before:,} | {before - left:,} | {left:,} | {share} |"
        before = left
    yield ""


def _reason_lines(tally: FunnelTally) -> Iterator[str]:
    yield from ("## Why they were turned away", "")
    if not tally.reasons:
        yield from ("None was turned away.", "")
        return
    yield from ("| stage | reason | trajectories |", "|---|---|---|")
    for stage, counts in tally.reasons.items():
        yield from (f"| {stage} | {reason} | {n:,} |" for reason, n in counts.items())
    yield ""


def _length_lines(tally: FunnelTally) -> Iterator[str]:
    yield from ("## By number of calls", "")
    yield f"| calls | trajectories | {' | '.join(map(str, _STAGES))} | kept | share |"
    yield "|---|---|---|---|---|---|---|"
    for length, counts in tally.lengths.items():
        yield f"| {length} | {_counts(counts)} |"
    yield ""


def _recovery_lines(tally: FunnelTally) -> Iterator[str]:
    yield from ("## Recoveries that are kept", "")
    if not tally.refusals:
        yield from ("There are none.", "")
        return
    yield from ("| refused for | kept trajectories |", "|---|---|")
    yield from (f"| {kind} | {n:,} |" for kind, n in tally.refusals.items())
    yield ""
    if tally.mistakes:
        yield from ("| wrong on purpose | kept trajectories |", "|---|---|")
        yield from (f"| {kind} | {n:,} |" for kind, n in tally.mistakes.items())
        yield ""


def _domain_lines(tally: FunnelTally) -> Iterator[str]:
    whole = sum(list(counts) == [FunnelStage.PASSED] for counts in tally.domains.values())
    yield from ("## By domain", "")
    yield f"Of {len(tally.domains):,} domains, {whole:,} lost nothing."
    yield ""
    worst = sorted(
        (
            domain
            for domain, counts in tally.domains.items()
            if list(counts) != [FunnelStage.PASSED]
        ),
        key=lambda domain: (_kept_share(tally.domains[domain]), domain),
    )[:_WORST]
    if worst:
        yield f"| domain | trajectories | {' | '.join(map(str, _STAGES))} | kept | share |"
        yield "|---|---|---|---|---|---|---|"
        for domain in worst:
            yield f"| {domain} | {_counts(tally.domains[domain])} |"
        yield ""


def _counts(counts: Mapping[FunnelStage, int]) -> str:
    """The cells of a row: in all, turned away at each stage, kept, share."""
    total, kept = sum(counts.values()), counts.get(FunnelStage.PASSED, 0)
    gone = " | ".join(f"{counts.get(stage, 0):,}" for stage in _STAGES)
    return f"{total:,} | {gone} | {kept:,} | {_share(kept, total)}"


def _kept_share(counts: Mapping[FunnelStage, int]) -> float:
    return counts.get(FunnelStage.PASSED, 0) / sum(counts.values())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def funnel_plot(tally: FunnelTally) -> str:
    """Bars: what is left after each stage; below, what became of each number of calls."""
    bars = [("judged", {FunnelStage.PASSED: tally.judged})]
    bars += [(f"after {stage}", {FunnelStage.PASSED: tally.left_after(stage)}) for stage in _STAGES]
    parts = list(_bars(bars, tally.judged, 34))
    below = 34 + len(bars) * (_BAR + _GAP) + 44
    lengths = [(f"calls: {length}", counts) for length, counts in tally.lengths.items()]
    most = max((sum(counts.values()) for counts in tally.lengths.values()), default=0)
    parts += _bars(lengths, most, below)
    height = below + len(lengths) * (_BAR + _GAP) + 34
    keys = [(FunnelStage.PASSED, "kept"), *((stage, f"lost at {stage}") for stage in _STAGES)]
    legend = [
        text(_LEFT + place * 120, height - 10, label, colour=_COLOURS[stage])
        for place, (stage, label) in enumerate(keys)
    ]
    titles = [
        text(_LEFT, 20, "What is left of the trajectories", bold=True),
        text(_LEFT, below - 12, "By number of calls", bold=True),
    ]
    return document(_WIDTH, height, [*titles, *parts, *legend])


def _bars(bars: list[tuple[str, dict[FunnelStage, int]]], most: int, top: int) -> Iterator[str]:
    """Stacked horizontal bars under each other; the longest would be `most`."""
    scale = (_WIDTH - _LEFT - _RIGHT) / (most or 1)
    for row, (label, counts) in enumerate(bars):
        y, x = top + row * (_BAR + _GAP), float(_LEFT)
        yield text(_LEFT - 8, y + 17, label, anchor="end")
        for stage in (FunnelStage.PASSED, *_STAGES):
            width = counts.get(stage, 0) * scale
            if width:
                yield rect(x, y, width, _BAR, _COLOURS[stage])
            x += width
        yield text(f"{x + 6:.1f}", y + 17, f"{sum(counts.values()):,}")
