"""Which side comes first: the coefficient with one side moved by hours."""

from analytics.correlation.results import Pair, Shifts
from dashboard.charts import value_axes
from dashboard.charts.annotations import Figure
from dashboard.charts.value_axes import ValueAxis
from dashboard.client.correlation.core.axes import UNDRAWN_FIGURE
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.pairs import name_of
from dashboard.client.correlation.core.values import coefficient_text, lag_text, short_label
from dashboard.core.numbers import plural
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

PANEL = Panel(
    name="correlation-shifts",
    title="Which comes first",
    explain=(
        "The same correlation with the second side moved by hours. A peak at the right of the "
        "middle: it follows the first side. What repeats itself stays high for hours on both "
        "sides; within the grey band chance alone explains any single bar."
    ),
    css_class="panel-third",
    has_chart=True,
)
MARGIN = {"l": 44, "r": 14, "t": 10, "b": 26}
LEAST = 0.2  # the axis reaches at least to this coefficient
HEADROOM = 1.15
STEPS = (-1.0, -0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    pair, shifts = page_data.pair, page_data.pair.over_time.shifts
    has_bars = shifts is not None and any(each is not None for each in shifts.coefficients)
    return PanelContent(
        unit=f"{short_label(pair.y)} moved against {pair.x.label}, hours",
        body=_figure(pair, shifts) if shifts is not None and has_bars else UNDRAWN_FIGURE,
        label=f"Correlation by shift. {_foot(pair)}",
        foot=[_foot(pair), "rank correlation by shift"],
        table=_table(shifts),
        is_empty=not has_bars,
        empty_text=f"Not enough data. {pair.over_time.reason or ''}".strip(),
    )


def _foot(pair: Pair) -> str:
    minutes = pair.over_time.lag_minutes
    if minutes is None:
        return "No shift could be computed."
    if minutes == 0:
        return "No shift stands out: neither leads at this resolution."
    return f"Strongest where {short_label(pair.y)} comes {lag_text(minutes)}."


def _figure(pair: Pair, shifts: Shifts) -> Figure:
    values = [each or 0.0 for each in shifts.coefficients]
    low, high = (min(-LEAST / 2, *values, -shifts.chance), max(LEAST, *values, shifts.chance))
    low, high = low * HEADROOM, high * HEADROOM
    first, last = shifts.hours[0], shifts.hours[-1]
    name = short_label(pair.y)
    ticks = [(first, f"{name} {-first} h earlier"), (first / 2, f"{-first // 2}"), (0, "same hour"),
             (last / 2, f"{last // 2}"), (last, f"{name} {last} h later")]  # fmt: skip
    layout = value_axes.layout(
        ValueAxis(low=first - 2.5, high=last + 2.5, ticks=ticks),
        ValueAxis(low=low, high=high, has_lines=True,
                  ticks=[(each, coefficient_text(each)) for each in STEPS if low <= each <= high]),
        MARGIN, hover="x",
    )  # fmt: skip
    narrow = {**layout["xaxis"], "tickvals": [first, 0, last],
              "ticktext": [f"{-first} h earlier", "same", f"{last} h later"]}  # fmt: skip
    layout["meta"] = {"narrow": {"xaxis": narrow}}
    layout["shapes"] = [_chance(shifts.chance), value_axes.line_at(0.0, "--line-strong")]
    layout["annotations"] = [_chance_name(shifts)]
    text = f"{name_of(pair)}. {_foot(pair)} n = {plural(pair.over_time.n, 'hour')}."
    return value_axes.with_caption({"data": [_bars(pair, shifts)], "layout": layout}, text)


def _bars(pair: Pair, shifts: Shifts) -> Figure:
    lead = round((pair.over_time.lag_minutes or 0) / 60)
    return {
        "type": "bar", "name": "anchor", "x": list(shifts.hours), "y": list(shifts.coefficients),
        "width": 0.7, "hoverinfo": "none", "showlegend": False,
        "marker": {
            "color": ["--measured" if hours == lead else "--q2" for hours in shifts.hours],
            "line": {"width": 0},
        },
    }  # fmt: skip


def _chance(height: float) -> Figure:
    return {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -height, "y1": height,
        "fillcolor": "--expected-band", "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _chance_name(shifts: Shifts) -> Figure:
    return {
        "xref": "paper", "x": 1, "xanchor": "right", "y": shifts.chance, "yanchor": "bottom",
        "showarrow": False, "text": "chance alone", "bgcolor": "--surface",
        "font": {"size": 11, "color": "--ink-3"},
    }  # fmt: skip


def _table(shifts: Shifts | None) -> Table:
    columns = [
        column("hours", "Hours later", "count"),
        column("coefficient", "Rank correlation", "number", "--measured"),
        column("chance", "Chance alone, ±", "number", "--expected-band", "block"),
    ]
    if shifts is None:
        return Table(columns, [])
    pairs = zip(shifts.hours, shifts.coefficients, strict=True)
    return Table(columns, [[hours, value, shifts.chance] for hours, value in pairs])
