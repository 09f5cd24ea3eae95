"""Annotations of a figure: labels at line ends, thresholds, gaps, event marks."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Figure = dict[str, Any]
Values = Sequence[float | None]
LABEL_GAP = 0.085  # share of the height between two labels at the right end
MOST_MARKS = 12
LONGEST_MARK = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, at `times` of its own or those of the figure. `label` names it at its right end;
    `fill` tints the area down to zero."""

    name: str
    values: Values
    color: str
    width: float = 2
    dash: str = "solid"
    label: str = ""
    fill: bool = False
    times: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One kind of bar; negative values hang below zero."""

    name: str
    values: Values
    color: str


def with_event_marks(figure: Figure, marks: Sequence[tuple[str, str]]) -> Figure:
    """The figure with a dotted line and a short name at the time of each (time, name) mark.

    A figure whose time axis is hidden is returned unchanged.
    """
    layout = figure["layout"]
    if layout.get("xaxis", {}).get("visible") is False:
        return figure
    shapes, texts = list(layout.get("shapes", [])), list(layout.get("annotations", []))
    for at, name in marks[-MOST_MARKS:]:
        shapes.append(_mark(at))
        texts.append(_mark_name(at, name))
    return {**figure, "layout": {**layout, "shapes": shapes, "annotations": texts}}


def end_labels(drawn: Sequence[Line], low: float, high: float) -> list[Figure]:
    """Labels with the last value at the right end of each line on an axis from `low` to `high`,
    moved apart where they overlap."""
    labelled = []
    for line in drawn:
        last = next((value for value in reversed(line.values) if value is not None), None)
        if line.label and last is not None:
            labelled.append((min((last - low) / (high - low), 1.0), line))
    labelled.sort(key=lambda pair: pair[0])
    heights = _spread_apart([share for share, _ in labelled])
    return [_end_label(line, height) for height, (_, line) in zip(heights, labelled, strict=True)]


def _spread_apart(shares: Sequence[float]) -> list[float]:
    """Ascending heights moved up until none overlap, then down again where they exceed the top."""
    heights: list[float] = []
    for share in shares:
        heights.append(max(share, heights[-1] + LABEL_GAP) if heights else share)
    ceiling = 1.0
    for index in reversed(range(len(heights))):
        heights[index] = min(heights[index], ceiling)
        ceiling = heights[index] - LABEL_GAP
    return heights


def _end_label(line: Line, height: float) -> Figure:
    if line.width >= 2:
        return end_text(height, f"<b>{line.label}</b>", line.color)
    return end_text(height, line.label, "--ink-2")


def end_text(height: float, text: str, color: str) -> Figure:
    """Text right of the figure, at a share (0 to 1) of its height."""
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 6,
        "yref": "paper",
        "y": height,
        "yanchor": "middle",
        "showarrow": False,
        "text": text,
        "font": {"size": 11, "color": color},
    }


def note(at: str, text: str, low: float, high: float) -> Figure:
    """Text just above the time axis."""
    return {
        "x": at,
        "y": low + (high - low) * 0.06,
        "showarrow": False,
        "text": text,
        "font": {"size": 11, "color": "--ink-3"},
    }


def middle_text(text: str) -> Figure:
    """Text in the middle of the figure."""
    middle = {"xref": "paper", "x": 0.5, "yref": "paper", "y": 0.5, "showarrow": False}
    return middle | {"text": text, "font": {"size": 12, "color": "--ink-3"}}


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


def threshold_label(value: float, text: str) -> Figure:
    """The name of a limit, above its line."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": 2,
        "y": value,
        "yanchor": "bottom",
        "showarrow": False,
        "text": text,
        "bgcolor": "--surface",
        "borderpad": 1,
        "font": {"size": 11, "color": "--bad"},
    }
