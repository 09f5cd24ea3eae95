"""What a rule would have done in the last 30 days: a sentence, a drawing, thresholds to choose."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import PreviewAnswer, SeriesAnswer
from analytics.alerting.preview.wording import duration
from analytics.alerting.rules.rule import Rule
from analytics.ranges.timerange import TimeRange
from dashboard.charts import rule_figure, time_axis
from dashboard.charts.rule_figure import RuleHistory
from dashboard.core.numbers import count, plural
from dashboard.server.alerts.core import wording
from dashboard.widgets.drawn import Drawn, Table, column
from dashboard.widgets.pieces import button

PERCENT = 100.0
LONGEST_UNIT = 5  # letters that fit beside the figure
Labels = dict[str, str]


def drawn(rule: Rule, found: PreviewAnswer, zone: ZoneInfo, wanted: Labels | None = None) -> Drawn:
    """The figure, its table and its foot; `wanted` are the labels to draw in front."""
    ordered = in_front(found, wanted)
    history = history_of(rule, found, ordered, zone)
    label = _label(ordered[0].labels) if ordered else "all together"
    unit = wording.unit_of(wording.reading_or_none(rule))
    kind = {"%": "share", "ms": "ms"}.get(unit, "number")
    rows = [[time_axis.plain(at), value] for at, value in ordered[0].points] if ordered else []
    return Drawn(
        unit=unit,
        body=rule_figure.draw(history),
        label=f"{rule.name} over 30 days, {label}: {found.sentence}.",
        foot=_foot(rule, found, label, len(ordered)),
        table=Table(
            [column("time", "Time", "time"), column("value", "Value", kind, "--measured", "line")],
            rows,
        ),
        is_empty=not ordered,
    )


def history_of(
    rule: Rule, found: PreviewAnswer, ordered: Sequence[SeriesAnswer], zone: ZoneInfo
) -> RuleHistory:
    """The values on the axis: shares in percent; the spans are those of the label set in front."""
    unit = wording.unit_of(wording.reading_or_none(rule))
    scale = PERCENT if unit == "%" else 1.0
    short = unit if len(unit) <= LONGEST_UNIT else ""
    front = ordered[0].labels if ordered else {}
    return RuleHistory(
        window=TimeRange(found.start, found.end),
        times=[at for at, _ in ordered[0].points] if ordered else [],
        values=[
            [None if value is None else value * scale for _, value in one.points] for one in ordered
        ],
        spans=[(one.start, one.end) for one in found.episodes if one.labels == front],
        fire=rule.fire * scale,
        clear=rule.clear_at * scale,
        fire_words=f"fires {rule.direction} {wording.limit(rule.fire, short)}",
        clear_words=f"clears {wording.OTHER_WAY[rule.direction]} "
        f"{wording.limit(rule.clear_at, short)}",
        is_above=rule.direction == "above",
        unit=unit,
        least=0.0 if unit == "%" else None,
        most=PERCENT if unit == "%" else None,
        zone=zone,
    )


def in_front(found: PreviewAnswer, wanted: Labels | None = None) -> list[SeriesAnswer]:
    """The series with the wanted one in front, else the one that fired most, else the largest."""
    fired: dict[str, int] = {}
    for episode in found.episodes:
        fired[_label(episode.labels)] = fired.get(_label(episode.labels), 0) + 1
    return sorted(
        found.series,
        key=lambda one: (one.labels != wanted, -fired.get(_label(one.labels), 0)),
    )


def sentence(found: PreviewAnswer, wanted: Labels | None = None) -> list[Any]:
    """`Would have fired 3 times in 30 days in BR, 7 in all.` and how long that was."""
    if not found.series:
        return [html.Span("There is no data of the last 30 days to draw this rule on.")]
    if all(value is None for one in found.series for _, value in one.points):
        return [html.Span("In the last 30 days n was never large enough to judge this rule.")]
    if not found.fired:
        return [html.Span(["Would ", html.B("not have fired"), " in 30 days."])]
    front = in_front(found, wanted)[0]
    own = [one for one in found.episodes if one.labels == front.labels]
    lasted = duration(sum((one.end - one.start).total_seconds() for one in own))
    parts: list[Any] = ["Would have fired ", html.B(f"{times_words(len(own))} in 30 days")]
    if front.labels:
        parts += [f" in {_label(front.labels)}, ", html.B(count(found.fired)), " in all"]
    where = " there" if front.labels else ""
    return [
        html.Span([*parts, "."]),
        html.Span(f"{lasted} of firing{where}", className="faint preview-more"),
    ]


def suggested(rule: Rule, found: PreviewAnswer) -> list[Component]:
    """Thresholds that would have fired less often, or more: one press takes one."""
    unit = wording.unit_of(wording.reading_or_none(rule))
    buttons = {
        one.threshold: button(
            f"{wording.limit(one.threshold, unit)}: {times_words(one.fired)}",
            {"type": "alerts-suggested", "threshold": f"{one.threshold:.12g}"},
        )
        for one in found.suggestions
    }
    if not buttons:
        return []
    return [html.Span("In 30 days it would have fired at", className="faint"), *buttons.values()]


def times_words(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, plural(number, "time"))


def _foot(rule: Rule, found: PreviewAnswer, label: str, drawn_sets: int) -> list[str]:
    step = duration(found.step_seconds)
    usual = "grey: usual for the hour"
    more = f", and {min(drawn_sets - 1, rule_figure.MOST_FAINT)} others faintly"
    reading = wording.reading_or_none(rule)
    noun = reading.noun if reading else ""
    return [
        f"{label}{more if drawn_sets > 1 else ''}, looked at every {step}; {usual}",
        found.note,
        f"below {count(rule.minimum_n)} {noun} nothing is judged" if rule.minimum_n else "",
    ]


def _label(labels: Labels) -> str:
    return ", ".join(labels.values()) or "all together"
