"""A calibration for people: a Markdown page and an SVG plot."""

from agentscaler.charts import COLOURS, document, text
from agentscaler.graph.calibration import Calibration

__all__ = ["calibration_page", "calibration_plot"]

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 48
_LINES = tuple(zip(("domains", "coverage", "purity", "inner cosine"), COLOURS, strict=True))


def calibration_page(found: Calibration, plot: str) -> str:
    """The page; `plot` is where its picture lies."""
    lines = [
        "# Communities by threshold",
        "",
        f"Recipe `{found.recipe}`, {found.tools:,} tools. A domain is a community of"
        f" {found.smallest} to {found.largest} tools; `*` marks the threshold in use.",
        "",
        f"![domains, coverage, purity and coherence by tau]({plot})",
        "",
        "| tau | edges | communities | domains | median | largest | coverage | purity"
        " | inner cosine | outer cosine |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in found.rows:
        mark = " *" if abs(row.tau - found.tau) < 1e-9 else ""
        lines.append(
            f"| {row.tau:.2f}{mark} | {row.edges:,} | {row.communities:,} | {row.domains:,}"
            f" | {row.median:g} | {row.largest:,} | {row.coverage:.1%} | {row.purity:.1%}"
            f" | {row.inner:.3f} | {row.outer:.4f} |"
        )
    lines += [
        "",
        "## Without a tenth of the tools",
        "",
        "The adjusted Rand index of the communities found without some tools and of those found"
        " with all, over the tools that both have: 1 is agreement, 0 is chance.",
        "",
        "| resample | tools left out | adjusted Rand index |",
        "|---|---|---|",
        *(f"| {one.seed} | {one.dropped:,} | {one.rand:.3f} |" for one in found.stability),
        "",
    ]
    return "\n".join(lines)


def calibration_plot(found: Calibration) -> str:
    """Four lines over tau; the number of domains is drawn as a share of the most."""
    most = max((row.domains for row in found.rows), default=0) or 1
    series = (
        [row.domains / most for row in found.rows],
        [row.coverage for row in found.rows],
        [row.purity for row in found.rows],
        [row.inner for row in found.rows],
    )
    taus = [row.tau for row in found.rows]
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share)
        parts.append(f'<path d="M{_MARGIN} {y:.1f}H{_WIDTH - _MARGIN}" stroke="#ddd"/>')
        parts.append(text(_MARGIN - 34, f"{y + 4:.1f}", f"{share:.2f}"))
    for tau in taus:
        parts.append(text(f"{_x(tau, taus):.1f}", _HEIGHT - 28, f"{tau:.2f}", anchor="middle"))
    for position, ((name, colour), values) in enumerate(zip(_LINES, series, strict=True)):
        points = " ".join(
            f"{_x(tau, taus):.1f},{_y(value):.1f}" for tau, value in zip(taus, values, strict=True)
        )
        label = f"domains (1.00 is {most:,})" if position == 0 else name
        x = _MARGIN + position * 145
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(text(x, _HEIGHT - 8, label, colour=colour))
    return document(_WIDTH, _HEIGHT, parts)


def _x(tau: float, taus: list[float]) -> float:
    span = (taus[-1] - taus[0]) or 1.0
    return _MARGIN + (tau - taus[0]) / span * (_WIDTH - 2 * _MARGIN)


def _y(share: float) -> float:
    return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)
