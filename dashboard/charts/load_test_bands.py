"""Bands behind a time chart while load tests ran."""

import html
from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics.load_tests.windows import LoadTestBand
from dashboard.charts import time_axis
from dashboard.charts.annotations import Figure

SHORT = "load test"
Span = tuple[str, datetime, datetime]
LEAST_SHARE = 0.08  # of the axis: a narrower band has no room for its name


def with_bands(
    figure: Figure, bands: Sequence[LoadTestBand], start: datetime, end: datetime
) -> Figure:
    """The figure of [start, end) with a band for each; its name stands at the foot of wide ones,
    a mark at that of others, and whose run it was in the box over either. A figure whose
    time axis is hidden is returned unchanged."""
    layout = figure["layout"]
    if not bands or layout.get("xaxis", {}).get("visible") is False:
        return figure
    clipped = [(band.title, max(band.start, start), min(band.end, end)) for band in bands]
    spans = [span for span in clipped if span[1] < span[2]]
    shapes = [*map(_shape, spans), *layout.get("shapes", [])]
    texts = [*layout.get("annotations", []), *(_name(span, end - start) for span in spans)]
    return {**figure, "layout": {**layout, "shapes": shapes, "annotations": texts}}


def _shape(span: Span) -> Figure:
    _, since, until = span
    return {
        "type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "opacity": 0.16,
        "x0": time_axis.chart_time(since), "x1": time_axis.chart_time(until),
        "line": {"width": 0}, "fillcolor": "--ink-3",
    }  # fmt: skip


def _name(span: Span, length: timedelta) -> Figure:
    title, since, until = span
    has_room = (until - since) >= LEAST_SHARE * length
    return {
        "x": time_axis.chart_time(since + (until - since) / 2), "yref": "paper", "y": 0,
        "yanchor": "bottom", "showarrow": False, "text": SHORT if has_room else "\u25be",
        "hovertext": html.escape(title), "font": {"size": 11, "color": "--ink-3"},
    }  # fmt: skip
