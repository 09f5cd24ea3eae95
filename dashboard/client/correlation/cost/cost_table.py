"""What a first drop goes with: what people did in the minutes after it, against equals without."""

from dash import html
from dash.development.base_component import Component

from analytics.correlation.results import Cost, CostOutcome, Estimate
from dashboard.client.correlation.core.data import CorrelationData
from dashboard.client.correlation.core.values import amount, sessions_text, signed, signed_interval
from dashboard.core.numbers import DASH, change, count, plural, with_unit
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel

PANEL = Panel(
    name="correlation-cost",
    title="What it costs",
    explain=(
        "By landmark: each session is compared from its first drop on with sessions of the same "
        "age, app, country, network, browser and release that had no drop yet, over the minutes "
        "that follow. Only what is left of a session counts, never its whole length, since longer "
        "sessions meet more drops. A day: the difference times the people of a day."
    ),
    css_class="panel-cost",
    rows=("sessions",),
    has_picture=True,
)
HEADER = (
    ("In the minutes after", "clip"), ("After a drop", "n is-wide"), ("Without", "n is-wide"),
    ("Difference, 95 % interval", "n"), ("A day", "n"), ("People", "n is-wide"),
)  # fmt: skip


def draw(page_data: CorrelationData) -> PanelContent:
    """The content of the panel."""
    cost = page_data.correlations.cost
    has_figures = any(each.enough_data for each in cost.outcomes)
    return PanelContent(
        unit=f"the {with_unit(str(cost.minutes_after), 'min')} after a first drop",
        body=_body(cost),
        foot=_foot(cost, page_data.correlations.read_share),
        table=_table(cost),
        is_empty=not has_figures,
        empty_text=f"Not enough data. {cost.reason or _reason(cost)}".strip(),
    )


def headline(cost: Cost) -> str:
    """`In the 10 min after a first drop: interactions −18 %.`"""
    when = f"In the {with_unit(str(cost.minutes_after), 'min')} after a first drop"
    differing = [
        f"{each.label[0].lower()}{each.label[1:]} {change(each.relative.value)}"
        for each in cost.outcomes
        if each.relative and each.difference and each.difference.excludes_zero
    ]
    if not differing:
        return f"{when} nothing differs beyond chance from equal sessions without one."
    return f"{when}, against equal sessions without one: {', '.join(differing)}."


def _reason(cost: Cost) -> str:
    return next((each.reason for each in cost.outcomes if each.reason), "")


def _body(cost: Cost) -> Component:
    head = html.Tr([html.Th(name, className=css, scope="col") for name, css in HEADER])
    table = html.Table(
        [
            html.Caption("What a first drop goes with", className="visually-hidden"),
            html.Thead(head),
            html.Tbody([_row(each) for each in cost.outcomes]),
        ],
        className="table-plain table-cost",
    )
    lines = [html.P(each.sentence, className="view-sentence")
             for each in cost.outcomes if each.enough_data and each.sentence]  # fmt: skip
    return html.Div(
        [
            html.P(headline(cost), className="pair-sentence"),
            html.Div(table, className="table-scroll"),
            html.Div(lines, className="cost-lines"),
        ],
        className="pair-body",
    )


def _row(outcome: CostOutcome) -> Component:
    difference = outcome.difference
    if difference is None:
        return html.Tr(
            [
                html.Td(outcome.label, className="clip"),
                html.Td(f"not enough data: {outcome.reason or ''}".rstrip(": "),
                        className="meaning", colSpan=len(HEADER) - 1),
            ],
            className="is-small",
        )  # fmt: skip
    relative = f" ({change(outcome.relative.value)})" if outcome.relative else ""
    css = "" if difference.excludes_zero else "is-small"
    return html.Tr(
        [
            html.Td([outcome.label, html.Span(f", {outcome.unit}", className="faint")],
                    className="clip", title=outcome.sentence),
            html.Td(amount(outcome.dropped, ""), className="n num is-wide"),
            html.Td(amount(outcome.others, ""), className="n num is-wide"),
            _figure(f"{signed(difference.value)}{relative}", difference, "main-figure"),
            _figure(_per_day(outcome), outcome.per_day),
            html.Td(count(outcome.people), className="n num is-wide"),
        ],
        className=css,
    )  # fmt: skip


def _figure(text: str, estimate: Estimate | None, css_class: str = "") -> Component:
    """A figure above its interval."""
    interval = signed_interval(estimate) if estimate else ""
    return html.Td([text, html.Div(interval, className="cost-interval")],
                   className=f"n num {css_class}".rstrip())  # fmt: skip


def _per_day(outcome: CostOutcome) -> str:
    if outcome.per_day is None:
        return DASH
    return with_unit(signed(outcome.per_day.value), outcome.total_unit)


def _foot(cost: Cost, read_share: float) -> list[str]:
    dropped = f"n = {plural(cost.people, 'session')} with a drop, of "
    dropped += sessions_text(cost.sessions, read_share)
    if cost.not_compared:
        dropped += f"; {count(cost.not_compared)} without an equal"
    return [dropped, "associated with, not proven to cause"]


def _table(cost: Cost) -> Table:
    columns = [
        column("outcome", "Outcome", "text"), column("unit", "Unit", "text"),
        *(column(key, label, "number") for key, label in (
            ("dropped", "After a drop"), ("others", "Without"), ("difference", "Difference"),
            ("low", "Interval from"), ("high", "Interval to"), ("relative", "Relative"),
            ("per_day", "A day"), ("per_day_low", "A day from"), ("per_day_high", "A day to"))),
        column("total_unit", "Unit of a day", "text"), column("people", "People", "count"),
        column("reason", "Why none", "text"), column("sentence", "In words", "text"),
    ]  # fmt: skip
    return Table(columns, [_csv_row(each) for each in cost.outcomes])


def _csv_row(outcome: CostOutcome) -> list[object]:
    difference, per_day = outcome.difference, outcome.per_day
    return [
        outcome.label, outcome.unit, outcome.dropped, outcome.others,
        *([difference.value, difference.low, difference.high] if difference else [None] * 3),
        outcome.relative.value if outcome.relative else None,
        *([per_day.value, per_day.low, per_day.high] if per_day else [None] * 3),
        outcome.total_unit, outcome.people, outcome.reason or "", outcome.sentence,
    ]  # fmt: skip
