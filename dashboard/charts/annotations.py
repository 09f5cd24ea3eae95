"""What is written on a figure: names at the ends of lines, thresholds, gaps, events."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Figure = dict[str, Any]
Values = Sequence[float | None]
LABEL_GAP = 0.085  # of the height: two labels at the right end never touch
MOST_MARKS = 12
LONGEST_MARK = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `label` names it at its right end; `fill` tints the area down to zero."""

    name: str
    values: Values
    color: str
    width: float = 2
    dash: str = "solid"
    label: str = ""
    fill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One kind of bar; negative values hang below zero."""

    name: str
    values: Values
    color: str


def marked(figure: Figure, marks: Sequence[tuple[str, str]]) -> Figure:
    """The figure with a dotted line and a short name at each time: what happened then. One whose
    axis of time is hidden has no place for them."""
    layout = figure["layout"]
    if layout.get("xaxis", {}).get("visible") is False:
        return figure
    shapes, words = list(layout.get("shapes", [])), list(layout.get("annotations", []))
    for at, name in marks[-MOST_MARKS:]:
        shapes.append(_mark(at))
        words.append(_mark_name(at, name))
    return {**figure, "layout": {**layout, "shapes": shapes, "annotations": words}}


def end_labels(drawn: Sequence[Line], top: float) -> list[Figure]:
    """Names with the last value, moved apart where they would touch."""
    wanted = []
    for line in drawn:
        last = next((value for value in reversed(line.values) if value is not None), None)
        if line.label and last is not None:
            wanted.append((min(last / top, 1.0), line))
    wanted.sort(key=lambda pair: pair[0])
    heights = _apart([share for share, _ in wanted])
    return [_end_label(line, height) for height, (_, line) in zip(heights, wanted, strict=True)]


def _apart(shares: Sequence[float]) -> list[float]:
    """Ascending heights moved up until none touch, and down again where they left the top."""
    heights: list[float] = []
    for share in shares:
        heights.append(max(share, heights[-1] + LABEL_GAP) if heights else share)
    ceiling = 1.0
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], ceiling)
        ceiling = heights[place] - LABEL_GAP
    return heights


def _end_label(line: Line, height: float) -> Figure:
    if line.width >= 2:
        return at_the_end(height, f"<b>{line.label}</b>", line.color)
    return at_the_end(height, line.label, "--ink-2")


def at_the_end(height: float, words: str, color: str) -> Figure:
    """Words right of the figure, at a share of its height."""
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 6,
        "yref": "paper",
        "y": height,
        "yanchor": "middle",
        "showarrow": False,
        "text": words,
        "font": {"size": 11, "color": color},
    }


def note(at: str, words: str, top: float) -> Figure:
    """Words just above the axis."""
    return {
        "x": at,
        "y": top * 0.06,
        "showarrow": False,
        "text": words,
        "font": {"size": 11, "color": "--ink-3"},
    }


def _mark(at: str) -> Figure:
    line = {"color": "--ink-3", "width": 1, "dash": "1px,3px"}
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _mark_name(at: str, name: str) -> Figure:
    short = name if len(name) <= LONGEST_MARK else name[: LONGEST_MARK - 1] + "…"
    return {
        "x": at,
        "yref": "paper",
        "y": 1,
        "xanchor": "left",
        "xshift": 3,
        "yanchor": "top",
        "showarrow": False,
        "text": html.escape(short),
        "hovertext": html.escape(name),
        "font": {"size": 11, "color": "--ink-3"},
    }


def threshold_line(value: float) -> Figure:
    """A limit across the figure."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": "--bad-fill", "width": 1.25},
    }


def threshold_label(value: float, words: str) -> Figure:
    """The name of a limit, above its line."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": 2,
        "y": value,
        "yanchor": "bottom",
        "showarrow": False,
        "text": words,
        "bgcolor": "--surface",
        "borderpad": 1,
        "font": {"size": 11, "color": "--bad"},
    }
