"""Sparklines: 30 px lines without axes, as SVG masks so that they take the theme's colour."""

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import quote

WIDTH = 200.0
HEIGHT = 30.0
PAD = 2.5
MOST_POINTS = 60
Values = Sequence[float | None]


def scale(*lines: Values) -> tuple[float, float]:
    """The common value range of several lines, padded where all values are equal."""
    present = [value for line in lines for value in line if value is not None]
    low, high = (min(present), max(present)) if present else (0.0, 1.0)
    room = 0.5 * abs(high) or 1.0
    return (low, high) if high > low else (low - room, high + room)


def thinned(values: Values) -> list[float | None]:
    """At most 60 values: means of neighbours without missing ones."""
    if len(values) <= MOST_POINTS:
        return list(values)
    edges = [round(i * len(values) / MOST_POINTS) for i in range(MOST_POINTS + 1)]
    return [_mean(values[a:b]) for a, b in pairwise(edges)]


def line_uri(values: Values, limits: tuple[float, float], *, dotted: bool = False) -> str:
    """A data URI of the line; gaps stay open and an isolated value is a dot."""
    dash = "stroke-dasharray='1.5 2.5' " if dotted else ""
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH:g} {HEIGHT:g}' "
        "preserveAspectRatio='none'><path fill='none' stroke='#000' "
        f"stroke-width='{1 if dotted else 1.5}' stroke-linejoin='round' stroke-linecap='round' "
        f"{dash}vector-effect='non-scaling-stroke' d='{_path(values, limits)}'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")


def band_uri(low: Values, high: Values, limits: tuple[float, float]) -> str:
    """A data URI of the area between two lines, with a gap where either has none; what is beyond
    the limits is cut."""
    step = WIDTH / max(1, len(low) - 1)
    parts = []
    for run in _runs(low, high):
        edge = [f"{index * step:.1f} {_y(top, limits):.1f}" for index, _, top in run]
        edge += [f"{index * step:.1f} {_y(bottom, limits):.1f}" for index, bottom, _ in run[::-1]]
        parts.append(f"M{'L'.join(edge)}Z")
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH:g} {HEIGHT:g}' "
        f"preserveAspectRatio='none'><path fill='#000' d='{''.join(parts)}'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")


def _runs(low: Values, high: Values) -> list[list[tuple[int, float, float]]]:
    runs: list[list[tuple[int, float, float]]] = [[]]
    for index, (bottom, top) in enumerate(zip(low, high, strict=True)):
        if bottom is not None and top is not None:
            runs[-1].append((index, bottom, top))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _y(value: float, limits: tuple[float, float]) -> float:
    """Within a height beyond either end, so that the picture cuts it there."""
    low, high = limits
    y = HEIGHT - PAD - (value - low) / (high - low) * (HEIGHT - 2 * PAD)
    return min(max(y, -HEIGHT), 2 * HEIGHT)


def _path(values: Values, limits: tuple[float, float]) -> str:
    low, high = limits
    step = WIDTH / max(1, len(values) - 1)
    parts: list[str] = []
    before: float | None = None
    for index, value in enumerate(values):
        if value is not None:
            y = HEIGHT - PAD - (value - low) / (high - low) * (HEIGHT - 2 * PAD)
            alone = before is None and (index + 1 == len(values) or values[index + 1] is None)
            parts.append(f"{'L' if before is not None else 'M'}{index * step:.1f} {y:.1f}")
            parts.append("h.1" if alone else "")
        before = value
    return "".join(parts)


def _mean(values: Values) -> float | None:
    present = [value for value in values if value is not None]
    return sum(present) / len(present) if present else None
