"""The cost day by day: the difference of each day, and the people it is of."""

from collections.abc import Sequence
from dataclasses import replace

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
        "did less. Where too few people were dropped for that: how many there were each day."
    ),
    css_class="panel-days",
    has_chart=True,
    has_dynamic_title=True,
    rows=("sessions",),
)
OF_DIFFERENCES = (LegendEntry(name="difference, 95 % interval", color="--measured", kind="point"),)
OF_PEOPLE = (LegendEntry(name="people with a first drop", color="--q3", kind="block"),)
LEAST_DAYS = 3  # with a difference
MARGIN = {"l": 52, "r": 14, "t": 12, "b": 26}


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    outcome = _first(page_data)
    days = outcome.days if outcome else ()
    has_differences = sum(each.difference is not None for each in days) >= LEAST_DAYS
    title = f"{outcome.label} after a drop, day by day" if outcome else PANEL.title
    figure = _differences(days) if has_differences else _people(days)
    return PanelContent(
        title=title if has_differences else "People with a first drop, day by day",
        unit=outcome.unit if outcome and has_differences else "sessions",
        body=value_axes.with_caption(figure, ". ".join(_foot(outcome, days)))
        if days
        else UNDRAWN_FIGURE,
        label=_label(outcome),
        legend=panels.legend(OF_DIFFERENCES if has_differences else OF_PEOPLE),
        foot=_foot(outcome, days),
        table=_table(days),
        is_empty=not days,
        empty_text="Not enough data.",
    )


def _first(page_data: CorrelationData) -> CostOutcome | None:
    outcomes = page_data.correlations.cost.outcomes
    return next((each for each in outcomes if each.enough_data), None)


def _numbers(days: Sequence[CostDay]) -> list[float]:
    """The number of each day from the first on."""
    return [float((each.day - days[0].day).days) for each in days]


def _layout(days: Sequence[CostDay], y: ValueAxis) -> Figure:
    numbers = _numbers(days)
    ticks = [(number, f"{each.day:%a} {each.day.day} {each.day:%b}")
             for number, each in zip(numbers, days, strict=True)]  # fmt: skip
    x = ValueAxis(low=-0.6, high=numbers[-1] + 0.6, ticks=ticks)
    return value_axes.layout(x, y, MARGIN, hover="x")


def _differences(days: Sequence[CostDay]) -> Figure:
    numbers = dict(zip(days, _numbers(days), strict=True))
    drawn = [(numbers[each], each.difference) for each in days if each.difference]
    estimates = [estimate for _, estimate in drawn]
    lows, highs = [each.low for each in estimates], [each.high for each in estimates]
    layout = _layout(days, axes.axis_of([*lows, *highs, 0.0]))
    layout["shapes"] = [value_axes.line_at(0.0, "--line-strong")]
    points = axes.intervals(
        [number for number, _ in drawn], [each.value for each in estimates], lows, highs,
        color="--measured",
    )  # fmt: skip
    heights = [each.difference.value if each.difference else 0.0 for each in days]
    return {"data": [points, value_axes.anchor(_numbers(days), heights)], "layout": layout}


def _people(days: Sequence[CostDay]) -> Figure:
    if not days:
        return UNDRAWN_FIGURE
    top = axes.axis_of([0.0, *(float(each.people) for each in days)])
    bars = {
        "type": "bar", "name": "anchor", "x": _numbers(days),
        "y": [each.people for each in days], "width": 0.7, "hoverinfo": "none",
        "marker": {"color": "--q3", "line": {"width": 0}}, "showlegend": False,
    }  # fmt: skip
    return {"data": [bars], "layout": _layout(days, replace(top, low=0.0))}


def _label(outcome: CostOutcome | None) -> str:
    if outcome is None or outcome.difference is None:
        return "Not enough data."
    return f"{outcome.label} after a drop: {difference_text(outcome.difference, outcome.unit)}."


def _foot(outcome: CostOutcome | None, days: Sequence[CostDay]) -> list[str]:
    people = sum(each.people for each in days)
    left = f"n = {plural(people, 'session')} with a drop on {plural(len(days), 'day')}"
    if outcome is None or outcome.difference is None:
        return [left, ""]
    return [left, f"all days: {difference_text(outcome.difference, outcome.unit)}"]


def _table(days: Sequence[CostDay]) -> Table:
    columns = [
        column("day", "Day", "text"), column("difference", "Difference", "number", "--measured"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
        column("people", "People", "count"),
    ]  # fmt: skip
    return Table(columns, [[each.day.isoformat(), *_ends(each), each.people] for each in days])


def _ends(day: CostDay) -> list[float | None]:
    estimate = day.difference
    return [estimate.value, estimate.low, estimate.high] if estimate else [None, None, None]
