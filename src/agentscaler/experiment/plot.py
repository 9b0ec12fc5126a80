"""A plot of success rates with their intervals, as SVG: over domains, or one bar an agent."""

import math
from collections.abc import Iterator, Sequence

from agentscaler.evaluation.statistics import Interval
from agentscaler.experiment.figures import AgentFigures, Figures

__all__ = ["success_plot"]

_WIDTH, _HEIGHT = 680, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 24, 44, 64
_COLOURS = ("#1f6f8b", "#c0392b", "#2e8b57", "#8e44ad")


def success_plot(figures: Figures) -> str:
    """Success against the number of training domains, on a log axis; or against agents by name.

    Each point is a mean over seeds and tasks, each line through it its 95% interval; small dots are
    single seeds.
    """
    agents = figures.agents
    trials = list(dict.fromkeys(trial for one in agents for trial in one.success))
    most = max((one.success[t].high for one in agents for t in one.success), default=1.0)
    top = min(1.0, math.ceil(max(most, 0.05) * 10) / 10)
    over_sizes = figures.arm == "scaling"
    places = _places(agents, over_sizes=over_sizes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="20" font-weight="bold">Success in free-running episodes, with 95%'
        " intervals</text>",
        *_grid(top),
        *_labels(agents, places, over_sizes=over_sizes),
    ]
    for number, trial in enumerate(trials):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += _series(agents, places, trial, colour, top, (number - (len(trials) - 1) / 2) * 9)
        x = _LEFT + number * 170
        parts.append(f'<text x="{x}" y="{_HEIGHT - 8}" fill="{colour}">{trial}</text>')
        if over_sizes:
            line = " ".join(
                f"{places[one.label]:.1f},{_y(one.success[trial].mean, top):.1f}"
                for one in agents
                if trial in one.success
            )
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _places(agents: Sequence[AgentFigures], *, over_sizes: bool) -> dict[str, float]:
    room = _WIDTH - _LEFT - _RIGHT
    if not over_sizes:
        return {
            one.label: _LEFT + room * (place + 0.5) / len(agents)
            for place, one in enumerate(agents)
        }
    logs = [math.log(one.size) for one in agents]
    span = (logs[-1] - logs[0]) or 1.0 if logs else 1.0
    return {
        one.label: _LEFT + 24 + (room - 48) * (log - logs[0]) / span
        for one, log in zip(agents, logs, strict=True)
    }


def _grid(top: float) -> Iterator[str]:
    for step in range(6):
        share = top * step / 5
        y = _y(share, top)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>'


def _labels(
    agents: Sequence[AgentFigures], places: dict[str, float], *, over_sizes: bool
) -> Iterator[str]:
    for one in agents:
        place = f'x="{places[one.label]:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle"'
        yield f"<text {place}>{one.label}</text>"
    if over_sizes:
        place = f'x="{_WIDTH / 2:.0f}" y="{_HEIGHT - _BOTTOM + 34}" text-anchor="middle"'
        yield f"<text {place}>training domains (log scale), equal tokens</text>"


def _series(
    agents: Sequence[AgentFigures],
    places: dict[str, float],
    trial: str,
    colour: str,
    top: float,
    shift: float,
) -> Iterator[str]:
    for one in agents:
        found: Interval | None = one.success.get(trial)
        if found is None:
            continue
        x = places[one.label] + shift
        low, high = _y(found.low, top), _y(found.high, top)
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1.5"/>'
        for end in (low, high):
            yield f'<path d="M{x - 4:.1f} {end:.1f}h8" stroke="{colour}" stroke-width="1.5"/>'
        yield f'<circle cx="{x:.1f}" cy="{_y(found.mean, top):.1f}" r="4" fill="{colour}"/>'
        for mean in one.by_seed[trial].values():
            yield (
                f'<circle cx="{x:.1f}" cy="{_y(mean, top):.1f}" r="2" fill="none"'
                f' stroke="{colour}"/>'
            )


def _y(share: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - share / top * (_HEIGHT - _BOTTOM - _TOP)
