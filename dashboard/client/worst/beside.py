"""The panel "Side by side": two values of a dimension, or one and all other people."""

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from analytics.geo.countries import value_name
from analytics.reports.segments.compared import Comparison
from analytics.reports.segments.figures import FIGURES, LEAST_SESSIONS
from analytics.reports.segments.versus import Side, SideBySide, side_by_side
from analytics.reports.segments.worst import WhereWorst
from dashboard.client.geographic.core.metrics import (
    REGION_METRICS,
    TABLE_KINDS,
    RegionMetric,
    Scale,
)
from dashboard.client.geographic.core.regions import number
from dashboard.core.numbers import DASH, MINUS, count, plural, signed_points
from dashboard.widgets import interval_bar
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link
from models.metrics.dimensions import DIMENSIONS
from models.metrics.metric import Worse

from .url_state import OverviewView, Versus

PANEL = Panel(
    name="side-by-side",
    title="Side by side",
    explain=(
        "Every figure of two values, and the first minus the second with its 95 % interval: each "
        "end as far away as those of both figures are, added as squares. Bold: the interval leaves "
        "out no difference; coloured: the first is worse. Sessions have one value of a dimension, "
        "so both sides are other people."
    ),
    css_class="panel-full panel-natural",
)
METRICS = [each for key, each in REGION_METRICS.items() if key in FIGURES]
OTHERS = "all others"
ROOM = 1.04  # of the longer end of an interval, so that it does not touch the edge


def draw(view: OverviewView, worst: WhereWorst) -> PanelContent | None:
    """The content of the panel; `None` while nothing is compared, or its dimension is filtered."""
    versus = view.versus
    comparison = worst.by_dimension.get(versus.dimension) if versus else None
    if versus is None or comparison is None:
        return None
    names = [value_name(versus.dimension, value) for value in versus.values]
    missing = [name for name, value in zip(names, versus.values, strict=True)
               if _row_of(comparison, versus.dimension, value) is None]  # fmt: skip
    both = None if missing else _both(comparison, versus)
    names = names if versus.other else [*names, OTHERS]
    return PanelContent(
        unit=f"{DIMENSIONS[versus.dimension].lower()}: {names[0]} and {names[1]}",
        body=_missing(view, missing) if both is None else _body(view, versus, names, both),
        foot=["difference = first − second", "bar = its 95 % interval, the line is none"],
        table=Table([], []) if both is None else _table(names, both),
    )


def _missing(view: OverviewView, names: list[str]) -> Component:
    text = f"No sessions of {' and '.join(names)} in this range. "
    return html.P([text, _stop(view)], className="worst-pair")


def _stop(view: OverviewView) -> Component:
    return link("Stop comparing", replace(view, versus=None).search())


def _row_of(comparison: Comparison, dimension: str, value: str) -> int | None:
    rows = (row for row, labels in enumerate(comparison.labels) if labels[dimension] == value)
    return next(rows, None)


def _both(comparison: Comparison, versus: Versus) -> SideBySide | None:
    rows = [_row_of(comparison, versus.dimension, value) for value in versus.values]
    return None if rows[0] is None else side_by_side(comparison, rows[0], *rows[1:])


def _body(view: OverviewView, versus: Versus, names: list[str], both: SideBySide) -> Component:
    heading = html.Tr(
        [html.Th("Figure", scope="col"), *(_heading(name) for name in names),
         html.Th("", className="interval-cell", scope="col"),
         html.Th("Difference", className="n", scope="col"),
         html.Th("95 % interval", className="n is-wide", scope="col")]
    )  # fmt: skip
    rows = [_row(metric, both) for metric in METRICS]
    return html.Div(
        [
            html.P(_sentence(view, versus, names, both), className="worst-pair"),
            html.Table([html.Thead(heading), html.Tbody(rows)],
                       className="table-plain table-beside"),
        ],
        className="table-scroll",
    )  # fmt: skip


def _heading(name: str) -> Component:
    return html.Th(name, className="n clip", scope="col", title=name)


def _sentence(
    view: OverviewView, versus: Versus, names: list[str], both: SideBySide
) -> list[Component | str]:
    first, second = (_sessions(side) for side in (both.first, both.second))
    parts: list[Component | str] = [html.B(names[0]), f" ({first}) beside ", html.B(names[1]),
                                    f" ({second}). "]  # fmt: skip
    if not versus.other:
        parts.append("Compare another row below to set that beside it. ")
    if _is_small(both):
        parts.append(f"Under {LEAST_SESSIONS} sessions a difference says little. ")
    return [*parts, _stop(view)]


def _sessions(side: Side) -> str:
    sessions = number(side.sessions)
    return (
        "sessions not counted" if sessions is None else f"n = {plural(round(sessions), 'session')}"
    )


def _is_small(both: SideBySide) -> bool:
    return both.first.is_small or both.second.is_small


def _row(metric: RegionMetric, both: SideBySide) -> Component:
    each = both.differences[metric.key]
    value, low, high = (number(end[0]) for end in (each.value, each.low, each.high))
    ends = None if low is None or high is None else (low, high)
    is_sure = ends is not None and not _is_small(both) and not ends[0] <= 0 <= ends[1]
    is_bad = is_sure and ((value or 0.0) > 0) == (metric.worse is Worse.UP)
    emphasis = " is-bad" if is_bad else " main-figure" if is_sure else " faint"
    return html.Tr(
        [
            html.Td(metric.label, className="clip", title=metric.label),
            *(_figure(metric, side) for side in (both.first, both.second)),
            html.Td(
                _bar(metric, value, ends, is_bad=is_bad) if ends else _reason(metric, both),
                className="interval-cell",
            ),
            html.Td(_signed(metric, value), className=f"n num{emphasis}"),
            html.Td(_ends_text(metric, ends), className="n num is-wide faint"),
        ],
        className="is-small" if _is_small(both) else "",
    )  # fmt: skip


def _figure(metric: RegionMetric, side: Side) -> Component:
    figure = side.figures[metric.key]
    n = number(figure.n[0])
    title = "" if n is None else f"n = {count(n)} {FIGURES[metric.key].noun}"
    return html.Td(metric.text(number(figure.value[0])), className="n num", title=title)


def _reason(metric: RegionMetric, both: SideBySide) -> str:
    sides = (both.first, both.second)
    is_too_few = any(side.figures[metric.key].too_few[0] for side in sides)
    return "too few sessions" if is_too_few else ""


def _bar(
    metric: RegionMetric, value: float | None, ends: tuple[float, float], *, is_bad: bool
) -> Component:
    reach = max(map(abs, ends)) * ROOM or 1.0
    label = f"95 % interval of the difference {_ends_text(metric, ends)}"
    scale = IntervalScale(-reach, reach, threshold=0.0)
    return interval_bar.layout(value or 0.0, ends, scale, label, is_bad=is_bad)


def _ends_text(metric: RegionMetric, ends: tuple[float, float] | None) -> str:
    return "" if ends is None else " to ".join(_signed(metric, end) for end in ends)


def _signed(metric: RegionMetric, value: float | None) -> str:
    """`+84 ms`, `−2.1 pt`; a dash for none."""
    if value is None:
        return DASH
    if metric.scale is Scale.SHARE:
        return signed_points(value)
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return sign + metric.text(abs(value))


def _table(names: list[str], both: SideBySide) -> Table:
    columns = [
        column("figure", "Figure", "text"), column("unit", "Unit", "text"),
        *(column(f"{key}{end}", f"{name}{text}", "count" if end == "_n" else "number")
          for key, name in zip(("first", "second"), names, strict=True)
          for end, text in (("", ""), ("_low", ", low"), ("_high", ", high"), ("_n", ", n"))),
        *(column(f"difference{end}", f"Difference{text}", "number")
          for end, text in (("", ""), ("_low", ", low"), ("_high", ", high"))),
    ]  # fmt: skip
    return Table(columns, [_cells(metric, both) for metric in METRICS])


def _cells(metric: RegionMetric, both: SideBySide) -> list[str | float | None]:
    sides = [side.figures[metric.key] for side in (both.first, both.second)]
    each = both.differences[metric.key]
    numbers = [end for side in sides for end in (side.value, side.low, side.high, side.n)]
    values = [number(end[0]) for end in (*numbers, each.value, each.low, each.high)]
    unit = TABLE_KINDS[metric.scale] if metric.scale is not Scale.RATE else metric.unit
    return [metric.label, unit, *values]
