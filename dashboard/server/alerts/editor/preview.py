"""The preview of a rule on the last 30 days: a sentence, a chart, suggested thresholds."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import PreviewResponse, PreviewSeriesResponse
from analytics.alerting.preview.wording import duration
from analytics.alerting.rules.formulas import POINTS, RELATIVE
from analytics.alerting.rules.rule import Rule
from analytics.geo.countries import value_names
from analytics.ranges.timerange import TimeRange
from dashboard.charts import rule_figure, time_axis
from dashboard.charts.rule_figure import RuleHistory
from dashboard.core.numbers import count, plural
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.editor.rule_form import unit_of
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.pieces import button

PERCENT = 100.0
TOTAL = "total"  # the label of a series that is not split
LONGEST_UNIT = 5  # letters that fit beside the chart
Labels = dict[str, str]


def draw(
    rule: Rule, rule_preview: PreviewResponse, zone: ZoneInfo, front_labels: Labels | None = None
) -> PanelContent:
    """The chart, its table and its foot; `front_labels` select the series to draw in front."""
    series = ordered_series(rule_preview, front_labels)
    history = history_of(rule, rule_preview, series, zone)
    label = _label(series[0].labels) if series else TOTAL
    unit = wording.unit_of(wording.formula_or_none(rule))
    kind = {"%": "share", "ms": "ms"}.get(unit, "number")
    if rule.baseline is not None:
        unit = f"{unit} worse than the baseline"
    rows = [[time_axis.chart_time(at), value] for at, value in series[0].points] if series else []
    return PanelContent(
        unit=unit,
        body=rule_figure.draw(history),
        label=f"{rule.name} over 30 days, {label}: {rule_preview.sentence}.",
        foot=_foot(rule, rule_preview, label, len(series)),
        table=Table(
            [column("time", "Time", "time"), column("value", "Value", kind, "--measured", "line")],
            rows,
        ),
        is_empty=not series,
    )


def history_of(
    rule: Rule,
    rule_preview: PreviewResponse,
    series: Sequence[PreviewSeriesResponse],
    zone: ZoneInfo,
) -> RuleHistory:
    """The values in axis units (shares in percent) and the firing spans of the front series."""
    unit = wording.unit_of(wording.formula_or_none(rule))
    scale = PERCENT if unit in (RELATIVE, POINTS) else 1.0
    is_share = unit == "%" and rule.baseline is None
    short = unit if len(unit) <= LONGEST_UNIT else ""
    front = series[0].labels if series else {}
    return RuleHistory(
        window=TimeRange(rule_preview.start, rule_preview.end),
        times=[at for at, _ in series[0].points] if series else [],
        values=[
            [None if value is None else value * scale for _, value in entry.points]
            for entry in series
        ],
        spans=[
            (entry.start, entry.end) for entry in rule_preview.episodes if entry.labels == front
        ],
        fire=rule.fire * scale,
        clear=rule.clear_at * scale,
        fire_label=f"fires {rule.direction} {wording.threshold_text(rule.fire, short)}",
        clear_label=f"clears {wording.OPPOSITE[rule.direction]} "
        f"{wording.threshold_text(rule.clear_at, short)}",
        is_above=rule.direction == "above",
        unit=unit,
        least=0.0 if is_share else None,
        most=PERCENT if is_share else None,
        zone=zone,
    )


def ordered_series(
    rule_preview: PreviewResponse, front_labels: Labels | None = None
) -> list[PreviewSeriesResponse]:
    """First the series of `front_labels`, then by times fired, then as loaded (largest first)."""
    fired: dict[str, int] = {}
    for episode in rule_preview.episodes:
        fired[_label(episode.labels)] = fired.get(_label(episode.labels), 0) + 1
    return sorted(
        rule_preview.series,
        key=lambda entry: (entry.labels != front_labels, -fired.get(_label(entry.labels), 0)),
    )


def sentence(rule_preview: PreviewResponse, front_labels: Labels | None = None) -> list[Any]:
    """`Would have fired 3 times in 30 days in Brazil, 7 in all.`, and the total duration."""
    if not rule_preview.series:
        return [html.Span("There is no data in the last 30 days to preview this rule on.")]
    if all(value is None for entry in rule_preview.series for _, value in entry.points):
        return [html.Span("In the last 30 days n never reached the minimum of this rule.")]
    if not rule_preview.fired:
        return [html.Span(["Would ", html.B("not have fired"), " in 30 days."])]
    front = ordered_series(rule_preview, front_labels)[0]
    episodes = [entry for entry in rule_preview.episodes if entry.labels == front.labels]
    lasted = duration(sum((entry.end - entry.start).total_seconds() for entry in episodes))
    parts: list[Any] = ["Would have fired ", html.B(f"{times_text(len(episodes))} in 30 days")]
    if front.labels:
        parts += [f" in {_label(front.labels)}, ", html.B(count(rule_preview.fired)), " in all"]
    location = f" in {_label(front.labels)}" if front.labels else ""
    return [
        html.Span([*parts, "."]),
        html.Span(f"{lasted} of firing{location}", className="faint preview-more"),
    ]


def suggestion_buttons(rule: Rule, rule_preview: PreviewResponse) -> list[Component]:
    """A button for each suggested threshold, with how often it would have fired."""
    unit = wording.unit_of(wording.formula_or_none(rule))
    buttons = {
        suggestion.threshold: button(
            f"{wording.threshold_text(suggestion.threshold, unit)}: {times_text(suggestion.fired)}",
            {"type": "alerts-suggested", "threshold": f"{suggestion.threshold:.12g}"},
        )
        for suggestion in rule_preview.suggestions
    }
    if not buttons:
        return []
    return [
        html.Span("Suggested thresholds, with how often each fires in 30 days:", className="faint"),
        *buttons.values(),
    ]


def times_text(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, plural(number, "time"))


def _foot(rule: Rule, rule_preview: PreviewResponse, label: str, series_count: int) -> list[str]:
    step = duration(rule_preview.step_seconds)
    usual = "grey band: usual range at that hour"
    faint = plural(min(series_count - 1, rule_figure.MOST_FAINT), "other")
    others = f", and {faint} as thin lines"
    _, noun = unit_of(rule.source, rule.metric, rule.aggregation)
    return [
        f"{label}{others if series_count > 1 else ''}, evaluated every {step}; {usual}",
        rule_preview.note,
        f"not evaluated below {count(rule.minimum_n)} {noun}" if rule.minimum_n else "",
    ]


def _label(labels: Labels) -> str:
    return ", ".join(value_names(labels)) or TOTAL
