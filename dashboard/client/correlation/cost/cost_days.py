"""The cost day by day: the difference of each day, and the people it is of."""

from analytics.correlation.results import CostDay, CostOutcome
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core import axes
from dashboard.client.correlation.core.axes import UNDRAWN_FIGURE
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.values import difference_text
from dashboard.core.numbers import plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

PANEL = Panel(
    name="correlation-cost-days",
    title="Day by day",
    explain=(
        "The first of the outcomes beside it, for each day in the time zone of the app: people "
        "after a first drop against equals without, with its 95 % interval. Below the line they "
        "did less."
    ),
    css_class="panel-days",
    has_chart=True,
    has_dynamic_title=True,
    rows=("sessions",),
)
LEGEND = (LegendEntry(name="difference, 95 % interval", color="--measured", kind="point"),)
MARGIN = {"l": 52, "r": 14, "t": 12, "b": 26}


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    outcome = _first(page_data)
    days = outcome.days if outcome else ()
    drawn = [each for each in days if each.difference is not None]
    unit = outcome.unit if outcome else ""
    return PanelContent(
        title=f"{outcome.label} after a drop, day by day" if outcome else PANEL.title,
        unit=unit,
        body=value_axes.with_caption(_figure(drawn), ". ".join(_foot(outcome, days)))
        if drawn
        else UNDRAWN_FIGURE,
        label=_label(outcome),
        legend=panels.legend(LEGEND),
        foot=_foot(outcome, days),
        table=_table(days),
        is_empty=not drawn,
        empty_text="Not enough data on any single day.",
    )


def _first(page_data: CorrelationData) -> CostOutcome | None:
    outcomes = page_data.correlations.cost.outcomes
    return next((each for each in outcomes if each.enough_data), None)


def _figure(drawn: list[CostDay]) -> Figure:
    estimates = [each.difference for each in drawn if each.difference]
    numbers = [float((each.day - drawn[0].day).days) for each in drawn]
    ticks = [(number, f"{each.day:%a} {each.day.day} {each.day:%b}")
             for number, each in zip(numbers, drawn, strict=True)]  # fmt: skip
    ends = [end for each in estimates for end in (each.low, each.high)]
    layout = value_axes.layout(
        ValueAxis(low=-0.6, high=numbers[-1] + 0.6, ticks=ticks),
        axes.axis_of([*ends, 0.0]), MARGIN, hover="x",
    )  # fmt: skip
    layout["shapes"] = [value_axes.line_at(0.0, "--line-strong")]
    values = [each.value for each in estimates]
    points = axes.intervals(
        numbers, values, [each.low for each in estimates], [each.high for each in estimates],
        color="--measured",
    )  # fmt: skip
    return {"data": [points, value_axes.anchor(numbers, values)], "layout": layout}


def _label(outcome: CostOutcome | None) -> str:
    if outcome is None or outcome.difference is None:
        return "Not enough data."
    return f"{outcome.label} after a drop: {difference_text(outcome.difference, outcome.unit)}."


def _foot(outcome: CostOutcome | None, days: tuple[CostDay, ...]) -> list[str]:
    people = sum(each.people for each in days)
    left = f"n = {plural(people, 'session')} with a drop on {plural(len(days), 'day')}"
    if outcome is None or outcome.difference is None:
        return [left, ""]
    return [left, f"all days: {difference_text(outcome.difference, outcome.unit)}"]


def _table(days: tuple[CostDay, ...]) -> Table:
    columns = [
        column("day", "Day", "text"), column("difference", "Difference", "number", "--measured"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
        column("people", "People", "count"),
    ]  # fmt: skip
    drawn = [each for each in days if each.difference is not None]
    return Table(columns, [
        [each.day.isoformat(), *_ends(each), each.people] for each in drawn
    ])  # fmt: skip


def _ends(day: CostDay) -> list[float | None]:
    estimate = day.difference
    return [estimate.value, estimate.low, estimate.high] if estimate else [None, None, None]
