"""What differs between the two runs: the sentence above the page, and the table."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from analytics.load_tests.comparison import Difference
from analytics.load_tests.report import LoadTestReport, Outcome, steady_windows
from dashboard.core.numbers import DASH, MINUS, duration_text, figures, percent_text
from dashboard.widgets import plain_table
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import tag

from .data import RunsData
from .runs import VERDICTS

PANEL = Panel(
    name="testing-differences",
    title="Differences",
    explain=(
        "95 % intervals by resampling blocks of windows of the steady phase; under ten windows "
        "there is none. A difference is marked where its interval excludes 0."
    ),
    css_class="panel-span-5",
)
P95 = "Round trip p95"


def draw(page_data: RunsData) -> PanelContent:
    """The content of the panel."""
    run, before = page_data.run, page_data.before
    names = ["Before" if before is None else page_data.name_of(before),
             "Now" if run is None else page_data.name_of(run)]  # fmt: skip
    rows = page_data.differences
    return PanelContent(
        unit="with 95 % intervals",
        body=plain_table.layout(
            ("", *names, "Change", "95 % interval"), [_row(each) for each in rows]
        ),
        foot=_foot(run, before),
        table=_csv(rows),
        is_empty=not rows,
        empty_text=page_data.mismatch or "Select a second run in the table to compare two.",
    )


def _foot(run: LoadTestReport | None, before: LoadTestReport | None) -> list[str]:
    if run is None or before is None:
        return ["", ""]
    return [
        f"n = {len(steady_windows(before.plan, before.windows))} and "
        f"{len(steady_windows(run.plan, run.windows))} windows of the steady phase",
        "block bootstrap",
    ]


def _row(each: Difference) -> list[object]:
    name = f"{each.name}, {each.unit}".removesuffix(", ")
    css_class = {True: "bad-figure", False: "good-figure", None: ""}[each.is_worse]
    return [
        name, _amount(each.before), _amount(each.now),
        html.Span(_change(each), className=css_class), _interval(each),
    ]  # fmt: skip


def _amount(value: float | None) -> str:
    return DASH if value is None else figures(value)


def _change(each: Difference) -> str:
    return DASH if each.now is None or each.before is None else signed(each.now - each.before)


def _interval(each: Difference) -> str:
    if each.low is None or each.high is None:
        return DASH
    return f"{signed(each.low)} to {signed(each.high)}"


def signed(value: float) -> str:
    """`+12`, `\u22123.1`; zero without a sign."""
    text = figures(abs(value))
    if not value or float(text.replace(",", "")) == 0:
        return "0"
    return f"{'+' if value > 0 else MINUS}{text}"


def sentence(page_data: RunsData) -> list[Component]:
    """The verdict on the later run, and how its p95 differs from that of the earlier."""
    run = page_data.run
    if run is None:
        return []
    label, variant = VERDICTS[run.verdict.outcome]
    return [
        tag(label, variant),
        html.Span([_headline(page_data, run), html.Span(_circumstances(run), className="faint")]),
    ]


def _headline(page_data: RunsData, run: LoadTestReport) -> str:
    before = page_data.before
    if before is None:
        return run.verdict.sentence
    name = page_data.name_of(before)
    if page_data.mismatch:
        return (
            f"{run.verdict.sentence} It is not compared with the run of {name}: the plans differ."
        )
    return f"{_standing(run, before)}. {_speed(page_data.differences, name)}"


def _standing(run: LoadTestReport, before: LoadTestReport) -> str:
    passed, passed_before = (report.verdict.outcome is Outcome.PASSED for report in (run, before))
    if passed:
        return "It still holds" if passed_before else "It holds, as the run before did not"
    if run.verdict.outcome is Outcome.FAILED:
        return "It no longer holds" if passed_before else "It does not hold, as before"
    return run.verdict.sentence.removesuffix(".")


def _speed(differences: Sequence[Difference], name: str) -> str:
    each = next((each for each in differences if each.name == P95), None)
    if each is None or each.now is None or each.before is None:
        return ""
    if each.low is None or each.high is None:
        return (
            f"p95 is {duration_text(each.now)}, it was {duration_text(each.before)} in the run of "
            f"{name}; too few windows for an interval."
        )
    interval = f"95 % interval {signed(each.low)} to {signed(each.high)} ms"
    if each.is_worse is None:
        return f"p95 does not differ beyond chance from the run of {name} ({interval})."
    side = "higher" if each.is_worse else "lower"
    change = duration_text(abs(each.now - each.before))
    return f"p95 is {change} {side} than in the run of {name} ({interval})."


def _circumstances(run: LoadTestReport) -> str:
    generator = run.generator
    limit = f" Limit {duration_text(run.thresholds.max_p95_ms)}."
    if generator.limits:
        return f"{limit} The generator was at its limit: {generator.limits[0]}."
    lag = generator.loop_lag_p99
    loop = "" if lag is None else f", loop lag p99 {duration_text(lag)}"
    return f"{limit} The generator was not the limit: CPU {percent_text(generator.cpu)}{loop}."


def _csv(rows: Sequence[Difference]) -> Table:
    columns = [
        column("name", "Figure", "text"), column("unit", "Unit", "text"),
        column("before", "Before", "number"), column("now", "Now", "number"),
        column("low", "Interval from", "number"), column("high", "Interval to", "number"),
        column("is_worse", "Verdict", "text"),
    ]  # fmt: skip
    verdicts = {True: "worse", False: "better", None: ""}
    return Table(columns, [
        [each.name, each.unit, each.before, each.now, each.low, each.high, verdicts[each.is_worse]]
        for each in rows
    ])  # fmt: skip
