"""A calibration for people: a Markdown page and an SVG plot."""

from agentscaler.graph.calibration import Calibration

__all__ = ["calibration_page", "calibration_plot"]

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 48
_LINES = (
    ("domains", "#1f6f8b"),
    ("coverage", "#c0392b"),
    ("purity", "#2e8b57"),
    ("inner cosine", "#8e44ad"),
)


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
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share)
        parts.append(f'<path d="M{_MARGIN} {y:.1f}H{_WIDTH - _MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{_MARGIN - 34}" y="{y + 4:.1f}">{share:.2f}</text>')
    for tau in taus:
        place = f'x="{_x(tau, taus):.1f}" y="{_HEIGHT - 28}" text-anchor="middle"'
        parts.append(f"<text {place}>{tau:.2f}</text>")
    for position, ((name, colour), values) in enumerate(zip(_LINES, series, strict=True)):
        points = " ".join(
            f"{_x(tau, taus):.1f},{_y(value):.1f}" for tau, value in zip(taus, values, strict=True)
        )
        label = f"domains (1.00 is {most:,})" if position == 0 else name
        x = _MARGIN + position * 145
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<text x="{x}" y="{_HEIGHT - 8}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _x(tau: float, taus: list[float]) -> float:
    span = (taus[-1] - taus[0]) or 1.0
    return _MARGIN + (tau - taus[0]) / span * (_WIDTH - 2 * _MARGIN)


def _y(share: float) -> float:
    return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)
