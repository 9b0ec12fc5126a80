"""Plain SVG pictures for reports: shares with their intervals, and the pieces to draw others.

Texts are escaped; the same input gives the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

__all__ = ["COLOURS", "Point", "Series", "document", "rect", "share_plot", "text"]

COLOURS = ("#1f6f8b", "#c0392b", "#2e8b57", "#8e44ad")
"""Of series, in their order."""

_WIDTH, _HEIGHT = 680, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 24, 44, 64
_LEGEND_WIDTH = 170


@dataclass(frozen=True)
class Point:
    """A share with its interval.

    Attributes:
        place: of the axis, 0 at the left end and 1 at the right one.
        singles: further shares, shown as small rings.
    """

    place: float
    share: float
    low: float
    high: float
    singles: tuple[float, ...] = ()


@dataclass(frozen=True)
class Series:
    """Points of one colour; `line` joins them."""

    name: str
    points: tuple[Point, ...]
    line: bool = False


def share_plot(
    title: str, series: Sequence[Series], labels: Mapping[str, float], axis: str = ""
) -> str:
    """Shares between 0 and 1 upwards, with error bars; series of equal places stand side by side.

    Args:
        labels: what stands below the axis, by its place between 0 and 1.
        axis: what the axis is, in words.
    """
    most = max((point.high for one in series for point in one.points), default=1.0)
    top = min(1.0, ceil(max(most, 0.05) * 10) / 10)
    parts = [text(_LEFT, 20, title, bold=True), *_grid(top)]
    for label, place in labels.items():
        parts.append(text(f"{_x(place):.1f}", _HEIGHT - _BOTTOM + 18, label, anchor="middle"))
    if axis:
        parts.append(text(_WIDTH // 2, _HEIGHT - _BOTTOM + 34, axis, anchor="middle"))
    for number, one in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        shift = (number - (len(series) - 1) / 2) * 9
        for point in one.points:
            parts += _error_bar(point, _x(point.place) + shift, colour, top)
        parts.append(text(_LEFT + number * _LEGEND_WIDTH, _HEIGHT - 8, one.name, colour=colour))
        if one.line:
            corners = " ".join(f"{_x(p.place):.1f},{_y(p.share, top):.1f}" for p in one.points)
            parts.append(
                f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="2"/>'
            )
    return document(_WIDTH, _HEIGHT, parts)


def document(width: int, height: int, parts: Sequence[str]) -> str:
    """An SVG document of some parts on white."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            ' font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def text(
    x: float | str,
    y: float | str,
    words: str,
    *,
    anchor: str = "start",
    bold: bool = False,
    colour: str = "",
) -> str:
    """Words at a place; `anchor` is "start", "middle" or "end"."""
    how = [f'x="{x}" y="{y}"', *([f'text-anchor="{anchor}"'] if anchor != "start" else [])]
    how += ['font-weight="bold"'] if bold else []
    how += [f'fill="{colour}"'] if colour else []
    return f"<text {' '.join(how)}>{escape(words, quote=False)}</text>"


def rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled rectangle."""
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"/>'


def _grid(top: float) -> Iterator[str]:
    for step in range(6):
        share = top * step / 5
        y = _y(share, top)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield text(_LEFT - 8, f"{y + 4:.1f}", f"{share:.0%}", anchor="end")


def _error_bar(point: Point, x: float, colour: str, top: float) -> Iterator[str]:
    low, high = _y(point.low, top), _y(point.high, top)
    yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1.5"/>'
    for end in (low, high):
        yield f'<path d="M{x - 4:.1f} {end:.1f}h8" stroke="{colour}" stroke-width="1.5"/>'
    yield f'<circle cx="{x:.1f}" cy="{_y(point.share, top):.1f}" r="4" fill="{colour}"/>'
    for share in point.singles:
        ring = f'cx="{x:.1f}" cy="{_y(share, top):.1f}" r="2"'
        yield f'<circle {ring} fill="none" stroke="{colour}"/>'


def _x(place: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * place


def _y(share: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - share / top * (_HEIGHT - _BOTTOM - _TOP)
