"""The panel of a comparison with a baseline: what differs beyond chance on top, then all else."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.baselines.answers import BaselineComparison, MeasureComparison
from analytics.formatting import instants
from dashboard.baselines import wording
from dashboard.core import addresses
from dashboard.core.numbers import change, count
from dashboard.widgets import interval_bar, panel
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.interval_bar import IntervalScale
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import tag

NAME = "baseline"
KEYS = {
    ("latency_ms", "p95"), ("connect_success", "ratio"), ("stability", "ratio"), ("drops", "rate"),
    ("error_rate", "ratio"),
    ("active", "mean"), ("latency", "p95"), ("message_error_rate", "ratio"), ("loop_lag", "p95"),
}  # fmt: skip
WIDEST = 2.0  # of a drawn change: three times as much
EXPLAIN = (
    "Each measure of the range minus that of the baseline, with its 95 % interval. Connect "
    "success, stability and message error rate vary over sessions (Newcombe's interval), all else "
    "over hours: whole hours are drawn anew a thousand times. Beyond chance are those that stay so "
    "among all measures: of them one in twenty may be chance. A baseline keeps its figures when "
    "its rows are removed."
)


def layout(
    comparison: BaselineComparison, now: datetime, zone: ZoneInfo, actions: Sequence[Component]
) -> Component:
    """The panel; `actions` stand below its sentence."""
    spec = Panel(
        name=NAME,
        title=f"Compared with the baseline {comparison.baseline.name}",
        explain=EXPLAIN,
        css_class="panel-full panel-natural",
    )
    return panel.layout(spec, _content(comparison, now, zone, actions))


def _content(
    comparison: BaselineComparison, now: datetime, zone: ZoneInfo, actions: Sequence[Component]
) -> PanelContent:
    measures, baseline = comparison.measures, comparison.baseline
    first = sorted((row for row in measures if row.is_real), key=_rank)
    first += [row for row in measures if not row.is_real and _is_key(row)]
    others = [row for row in measures if row not in first]
    scale = _scale(measures)
    note = f" “{baseline.note}”" if baseline.note else ""
    return PanelContent(
        unit=wording.about(baseline, now, zone),
        body=html.Div(
            [
                html.P(wording.sentence(measures) + note, className="baseline-sentence"),
                _table(first, scale),
                html.Details(
                    [html.Summary(f"{count(len(others))} other measures"), _table(others, scale)],
                    className="baseline-more",
                ),
                html.Div([*actions, _download(comparison)], className="baseline-actions"),
            ]
        ),
        foot=[
            "bar = 95 % interval of the change; of so many intervals some leave 0 out by chance",
            wording.hours_text(comparison) or wording.filters_text(baseline.filters),
        ],
        table=_rows(measures),
    )


def _is_key(row: MeasureComparison) -> bool:
    """Whether it stands on top whatever became of it."""
    return (row.metric, row.aggregation) in KEYS


def _rank(row: MeasureComparison) -> tuple[bool, float]:
    """What is worse first, then the largest change."""
    is_worse = row.verdict is not None and row.verdict.is_worse
    return not is_worse, -abs(row.change or 0.0)


def _scale(measures: Sequence[MeasureComparison]) -> IntervalScale:
    """Of relative changes, with none of them in it."""
    drawn = (row for row in measures if row.is_real or _is_key(row))
    ends = [pair for row in drawn if (pair := _ends(row)) is not None]
    return interval_bar.scale_of(ends, 0.0, starts_at=None)


def _ends(row: MeasureComparison) -> tuple[float, float] | None:
    low, high = row.change_low, row.change_high
    if low is None or high is None:
        low, high = (wording.relative(row, end) for end in (row.low, row.high))
    if low is None or high is None:
        return None
    return min(max(low, -1.0), WIDEST), min(high, WIDEST)


def _table(rows: Sequence[MeasureComparison], scale: IntervalScale) -> Component:
    ends = interval_bar.head(scale, change(scale.low), change(scale.high), "0")
    heads = (
        ("Measure", "clip"), ("Now", "n"), ("Baseline", "n"), ("Difference", "n"),
        (ends, "interval-cell"), ("95 % interval", "n is-wide"), ("Beyond chance", ""),
    )  # fmt: skip
    head = html.Tr([html.Th(text, className=css, scope="col") for text, css in heads])
    return html.Div(
        html.Table(
            [html.Thead(head), html.Tbody([_row(row, scale) for row in rows])],
            className="table-plain",
        ),
        className="table-scroll",
    )


def _row(row: MeasureComparison, scale: IntervalScale) -> Component:
    verdict, per = row.verdict, wording.per_text(row.unit)
    n = f"n = {count(row.n)}, in the baseline {count(row.baseline_n)}"
    return html.Tr(
        [
            html.Td(
                [row.label, html.Span(f" {per}", className="faint")],
                className="clip",
                title=f"{row.label} {per}".strip(),
            ),
            html.Td(wording.value_text(row.value, row.unit), className="n num", title=n),
            html.Td(wording.value_text(row.baseline, row.unit), className="n num", title=n),
            html.Td(wording.difference_text(row), className="n num"),
            html.Td(_bar(row, scale), className="interval-cell"),
            html.Td(wording.interval_text(row), className="n num is-wide"),
            html.Td(tag(verdict.value, wording.VERDICT_TAGS[verdict]) if verdict else "no"),
        ],
        className="" if row.is_real else "is-small",
    )


def _bar(row: MeasureComparison, scale: IntervalScale) -> Component | str:
    ends, middle = _ends(row), wording.relative(row, row.difference)
    if ends is None or middle is None:
        return ""
    is_bad = row.verdict is not None and row.verdict.is_worse
    label = f"95 % interval {wording.interval_text(row)}"
    return interval_bar.layout(middle, ends, scale, label, is_bad=is_bad)


def _download(comparison: BaselineComparison) -> Component:
    ends = {name: instants.iso8601(getattr(comparison, name)) for name in ("start", "end")}
    query = urlencode({**ends, "format": "csv"})
    path = f"/api/ws/baselines/{comparison.baseline.id}/comparison?{query}"
    return html.A("CSV of all measures", href=addresses.href(path), className="link", download="")


def _rows(measures: Sequence[MeasureComparison]) -> Table:
    columns = [
        column("measure", "Measure", "text"), column("unit", "Unit", "text"),
        column("value", "Now", "number"), column("n", "n", "count"),
        column("baseline", "Baseline", "number"), column("baseline_n", "n of baseline", "count"),
        column("difference", "Difference", "number"), column("low", "Low", "number"),
        column("high", "High", "number"), column("p", "p", "number"),
        column("is_real", "Beyond chance", "text"), column("verdict", "Verdict", "text"),
        column("reason", "Why not judged", "text"),
    ]  # fmt: skip
    return Table(
        columns,
        [
            [row.label, row.unit, row.value, row.n, row.baseline, row.baseline_n, row.difference,
             row.low, row.high, row.p, "yes" if row.is_real else "no",
             row.verdict.value if row.verdict else "", row.reason or ""]
            for row in measures
        ],
    )  # fmt: skip
