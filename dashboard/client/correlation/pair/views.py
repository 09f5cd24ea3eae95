"""Both views on one scale, with the seed's mark: hours, all sessions, and equals by dimension."""

from dataclasses import dataclass

from analytics.correlation.results import Pair
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core import axes
from dashboard.client.correlation.core.axes import DASHES, UNDRAWN_FIGURE
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import (
    dimension_name,
    explained_text,
    headline,
    name_of,
)
from dashboard.client.correlation.core.values import coefficient_text
from dashboard.core.numbers import plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="correlation-views",
    title="Do equals confirm it?",
    explain=(
        "The same relation measured in several ways, with 95 % intervals. Where a figure "
        "among sessions that are equal in one dimension alone is as small as among equals in all, "
        "that dimension explains the relation. The marks at 0.7 are where the documentation calls "
        "a relation strong."
    ),
    css_class="panel-third",
    has_chart=True,
)
HOURS, SESSIONS = "--ink-2", "--measured"
LEGEND = (
    LegendEntry(name="hours", color="--ink-2", kind="point"),
    LegendEntry(name="sessions", color="--measured", kind="point"),
    LegendEntry(name="0.70", color="--expected", kind="dashes"),
)
MARGIN = {"l": 138, "r": 14, "t": 8, "b": 26}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to measure the pair; without an interval where `low` equals `high`."""

    label: str
    value: float
    low: float
    high: float
    color: str
    is_lead: bool = False

    @property
    def text(self) -> str:
        """`Equal in all of these 0.12, 0.08 to 0.16`."""
        interval = f", {coefficient_text(self.low)} to {coefficient_text(self.high)}"
        return f"{self.label} {coefficient_text(self.value)}" + interval * (self.low < self.high)


def ways_of(pair: Pair) -> list[Way]:
    """Those that could be computed, over time first."""
    hours, sessions = pair.over_time, pair.per_session
    candidates = (
        ("Over time", hours.coefficient, HOURS, True),
        ("Over time, Pearson", hours.pearson, HOURS, False),
        ("All sessions", sessions.pooled, SESSIONS, True),
        ("Equal in all of these", sessions.within, SESSIONS, True),
    )
    ways = [
        Way(label, estimate.value, estimate.low, estimate.high, color, is_lead)
        for label, estimate, color, is_lead in candidates
        if estimate is not None
    ]
    for each in sessions.by_dimension:
        label = f"Equal in {dimension_name(each.dimension).lower()}"
        value, is_lead = each.coefficient, each.dimension == sessions.explained_by
        ways.append(Way(label, value, value, value, SESSIONS, is_lead))
    return ways


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pair, ways = page_data.pair, ways_of(page_data.pair)
    sessions = pair.per_session
    foot = f"n = {plural(pair.over_time.n, 'hour')}, {plural(sessions.n, 'session')}"
    note = explained_text(pair)
    if not note and sessions.within is not None:
        note = f"equals: {plural(sessions.strata, 'group')} of the same people"
    return PanelContent(
        unit="rank correlation, 95 % intervals",
        body=value_axes.with_caption(
            _figure(ways, page_data.correlations.mark),
            f"{name_of(pair)}. {headline(pair)} {foot}.",
            l=160,
        )
        if ways
        else UNDRAWN_FIGURE,
        label=_label(ways),
        legend=panels.legend(LEGEND),
        foot=[foot, note],
        table=_table(ways),
        is_empty=not ways,
        empty_text=f"Not enough data. {pair.over_time.reason or sessions.reason or ''}".strip(),
    )


def _figure(ways: list[Way], mark: float) -> Figure:
    top = len(ways) - 1
    rows = [(top - at, f"<b>{way.label}</b>" if way.is_lead else way.label)
            for at, way in enumerate(ways)]  # fmt: skip
    marks = [(at, coefficient_text(at)) for at in (-mark, 0.0, mark)]
    layout = value_axes.layout(
        ValueAxis(low=-1.02, high=1.02, ticks=marks),
        ValueAxis(low=-0.6, high=top + 0.6, ticks=rows), MARGIN, hover="y",
    )  # fmt: skip
    layout["yaxis"]["tickfont"] = {"size": 12, "color": "--ink-2"}
    layout["shapes"] = [
        value_axes.line_at(0.0, "--line-strong", is_upright=True),
        *(value_axes.line_at(at, "--expected", is_upright=True, dash=DASHES)
          for at in (-mark, mark)),
    ]  # fmt: skip
    traces = [_intervals(ways, color) for color in dict.fromkeys(way.color for way in ways)]
    heights = [height for height, _ in rows]
    anchor = value_axes.anchor([way.value for way in ways], heights)
    return {"data": [*traces, anchor], "layout": layout}


def _intervals(ways: list[Way], color: str) -> Figure:
    top = len(ways) - 1
    drawn = [(top - at, way) for at, way in enumerate(ways) if way.color == color]
    ways_drawn = [way for _, way in drawn]
    return axes.intervals(
        [each.value for each in ways_drawn], [height for height, _ in drawn],
        [each.low for each in ways_drawn], [each.high for each in ways_drawn], color=color,
        size=[9 if way.is_lead else 6 for _, way in drawn], is_flat=True,
    )  # fmt: skip


def _label(ways: list[Way]) -> str:
    listed = "; ".join(way.text for way in ways)
    return f"The relation in several ways: {listed or 'not enough data'}."


def _table(ways: list[Way]) -> Table:
    columns = [
        column("way", "Measured", "text"), column("value", "Rank correlation", "number"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
    ]  # fmt: skip
    rows = [_row(way) for way in ways]
    return Table(columns, rows)


def _row(way: Way) -> list[object]:
    ends = [way.low, way.high] if way.low < way.high else [None, None]
    return [way.label, way.value, *ends]
