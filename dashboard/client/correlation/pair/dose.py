"""The dose curve: what people experienced by how much of the exposure their sessions met."""

from collections.abc import Sequence

from analytics.correlation.measures import Measure
from analytics.correlation.results import DoseBin, DoseCurve, Pair
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core import axes
from dashboard.client.correlation.core.axes import DASHES, UNDRAWN_FIGURE
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.values import (
    amount,
    difference_text,
    in_unit,
    short_count,
    short_label,
)
from dashboard.core.numbers import plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="correlation-dose",
    title="The more, the more?",
    explain=(
        "Sessions by how much of the first side they met in each hour that they were open: in "
        "tenths with as many sessions each, counts as 0, 1, 2, 3 to 5, more. Drawn is the mean of "
        "the second side with its 95 % interval by resampling days. The first bin is the "
        "reference: people who met none of it, where there are any."
    ),
    css_class="panel-third",
    has_chart=True,
    has_dynamic_title=True,
    rows=("sessions",),
)
LEGEND = (
    LegendEntry(name="mean", color="--measured", kind="point"),
    LegendEntry(name="reference", color="--expected", kind="dashes"),
)
MOST_IN_VIEW = 6  # bins whose labels fit at any width
MARGIN = {"l": 52, "r": 14, "t": 12, "b": 58}


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pair = page_data.pair
    bins = pair.per_session.dose.bins if pair.per_session.dose else ()
    drawn = [each for each in bins if each.outcome is not None]
    return PanelContent(
        title=f"{short_label(pair.y)} by {pair.x.label}",
        unit=f"{pair.y.unit}, 95 % intervals".removeprefix(", "),
        body=value_axes.with_caption(_figure(pair, bins), ". ".join(_foot(pair, bins)))
        if drawn
        else UNDRAWN_FIGURE,
        label=_label(pair, drawn),
        legend=panels.legend(LEGEND),
        foot=_foot(pair, bins),
        table=_table(pair.y, pair.per_session.dose),
        is_empty=not drawn,
        empty_text=f"Not enough data. {pair.per_session.reason or ''}".strip(),
    )


def _foot(pair: Pair, bins: Sequence[DoseBin]) -> list[str]:
    last = next((each for each in reversed(bins) if each.difference), None)
    note = ""
    if last is not None and last.difference is not None:
        difference = difference_text(last.difference, pair.y.unit)
        note = f"{last.label} against {bins[0].label}: {difference}"
    return [f"n = {plural(sum(each.sessions for each in bins), 'session')}", note]


def _figure(pair: Pair, bins: Sequence[DoseBin]) -> Figure:
    drawn = [(at, each, each.outcome) for at, each in enumerate(bins) if each.outcome]
    labels = [(float(at), f"{each.label}<br>n {short_count(each.sessions)}")
              for at, each in enumerate(bins)]  # fmt: skip
    ends = [end for _, _, outcome in drawn for end in (outcome.low, outcome.high)]
    title = in_unit(pair.x.label, pair.x)
    layout = value_axes.layout(
        ValueAxis(low=-0.6, high=len(bins) - 0.4, ticks=labels, title=title),
        axes.axis_of(ends), MARGIN, hover="x",
    )  # fmt: skip
    if len(bins) <= MOST_IN_VIEW:
        layout["meta"] = {}
    reference = bins[0].outcome
    if reference is not None:
        layout["shapes"] = [value_axes.line_at(reference.value, "--expected", dash=DASHES)]
    places = [float(at) for at, _, _ in drawn]
    values = [outcome.value for _, _, outcome in drawn]
    points = axes.intervals(
        places, values, [outcome.low for _, _, outcome in drawn],
        [outcome.high for _, _, outcome in drawn], color="--measured", size=8,
    )  # fmt: skip
    heights = [each.outcome.value if each.outcome else values[0] for each in bins]
    anchor = value_axes.anchor([float(at) for at in range(len(bins))], heights)
    return {"data": [points, anchor], "layout": layout}


def _label(pair: Pair, drawn: Sequence[DoseBin]) -> str:
    listed = "; ".join(
        f"{each.label}: {amount(each.outcome.value, pair.y.unit)}" for each in drawn if each.outcome
    )
    return f"Mean of {pair.y.label} by {pair.x.label}: {listed or 'not enough data'}."


def _table(y: Measure, curve: DoseCurve | None) -> Table:
    columns = [
        column("bin", "Met", "text"),
        column("outcome", in_unit(short_label(y), y), "number", "--measured"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
        column("difference", "Against reference", "number"),
        column("difference_low", "Difference from", "number"),
        column("difference_high", "Difference to", "number"),
        column("sessions", "Sessions", "count"), column("share", "Share of sessions", "share"),
    ]  # fmt: skip
    return Table(columns, [_row(each) for each in curve.bins] if curve else [])


def _row(each: DoseBin) -> list[object]:
    cells: list[object] = [each.label]
    for estimate in (each.outcome, each.difference):
        cells += [estimate.value, estimate.low, estimate.high] if estimate else [None] * 3
    return [*cells, each.sessions, each.share]
