"""The table of stored runs, two of them selected to compare."""

from dash import html
from dash.development.base_component import Component

from analytics.load_tests.report import Outcome
from analytics.load_tests.runs import LISTED, LoadTestRow
from dashboard.charts.time_axis import chart_time
from dashboard.core.numbers import DASH, count, figures, plural, with_unit
from dashboard.core.times import moment
from dashboard.widgets.attributes import html_attributes
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import Panel
from dashboard.widgets.pieces import link, tag

from .data import RunsData

PANEL = Panel(
    name="testing-runs",
    title="Stress runs",
    explain=(
        "runs of ./test_websocket_load.sh that were stored with a token. Two can be selected: 1 is "
        "the later, 0 the earlier it is compared with. Percentiles are of the steady phase, "
        "messages a second those received in it. A verdict of generator limit says nothing about "
        "the server. The newest is compared with the baseline of its target, profile, scenario and "
        "connections, if one is marked (--baseline), else with the last that did the same."
    ),
    css_class="panel-span-7",
)
VERDICTS = {
    Outcome.PASSED: ("Held", "good"),
    Outcome.FAILED: ("Not held", "bad"),
    Outcome.GENERATOR_LIMIT: ("Generator limit", "warn"),
    Outcome.STOPPED: ("Stopped", "unknown"),
}
HEADER = (
    ("", "pick"), ("Run", "clip"), ("Release", "clip is-wide"), ("Profile", "clip"),
    ("Connected", "n is-wide"), ("Lost", "n is-wide"), ("p95 ms", "n"), ("p99 ms", "n is-wide"),
    ("Msg/s", "n is-wide"), ("Verdict", "clip"),
)  # fmt: skip


def draw(page_data: RunsData) -> PanelContent:
    """The content of the panel."""
    rows = page_data.current.rows
    is_cut = len(rows) == LISTED
    return PanelContent(
        unit=f"kept {plural(page_data.retention_days, 'day')}, two selected to compare",
        body=_table(page_data),
        foot=[
            f"n = {plural(len(rows), 'run')}" + (", the newest of the range" if is_cut else ""),
            _deleted(page_data),
        ],
        table=_csv(page_data),
        is_empty=not rows,
        empty_text="No run in this range.",
    )


def _deleted(page_data: RunsData) -> str:
    if not page_data.deleted:
        return "times in ms, of the steady phase"
    return f"{plural(page_data.deleted, 'run')} of this address is stored no more"


def _table(page_data: RunsData) -> Component:
    head = html.Tr([html.Th(label, className=css, scope="col") for label, css in HEADER])
    body = [_row(page_data, row) for row in page_data.current.rows]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="table-plain table-runs")
    return html.Div(table, className="table-scroll table-tall", tabIndex=0)


def _row(page_data: RunsData, row: LoadTestRow) -> Component:
    selected = page_data.selected
    relation = "of" if row.connected <= row.connections else "for"  # some came back
    profile: list[str | Component] = [row.profile, html.Span(f" {row.scenario}", className="faint")]
    connected: list[str | Component] = [
        count(row.connected),
        html.Span(f" {relation} {count(row.connections)}", className="faint"),
    ]
    lost = html.B(count(row.lost), className="bad-figure") if row.lost else count(row.lost)
    verdict: list[str | Component] = [_verdict(row)]
    if row.is_baseline:
        verdict += [" ", tag("Baseline", "plain")]
    cells = [
        html.Td(_pick(page_data, row), className="pick"),
        html.Td(moment(row.started_at, page_data.now, page_data.zone), className="clip num"),
        html.Td(row.release or DASH, className="clip is-wide", title=row.release),
        html.Td(profile, className="clip", title=row.note or f"{row.profile} {row.scenario}"),
        html.Td(connected, className="n num is-wide"),
        html.Td(lost, className="n num is-wide"),
        html.Td(_figure(row.p95), className="n num"),
        html.Td(_figure(row.p99), className="n num is-wide"),
        html.Td(_figure(row.per_second), className="n num is-wide"),
        html.Td(
            verdict,
            className="clip",
            title=row.sentence,
        ),
    ]
    return html.Tr(
        cells,
        className="is-selected" if row.id in selected else "",
        **html_attributes({"data-run": str(row.id)}),
    )


def _pick(page_data: RunsData, row: LoadTestRow) -> Component:
    """A link that selects a run or takes it back: 1 is the later of two, 0 the earlier."""
    selected = page_data.selected
    is_selected = row.id in selected
    mark = ""
    if is_selected:
        mark = "0" if page_data.before is not None and row.id == page_data.before.id else "1"
    name = moment(row.started_at, page_data.now, page_data.zone)
    act = "Deselect" if is_selected else "Compare"
    text = [html.Span(f"{act} the run of {name} ", className="visually-hidden"), mark]
    css_class = f"pick-box is-{'earlier' if mark == '0' else 'later'}" if mark else "pick-box"
    return link(text, page_data.selection.toggling(row.id, selected), css_class)


def _figure(value: float | None) -> str:
    return DASH if value is None else figures(value)


def _verdict(row: LoadTestRow) -> Component:
    label, variant = VERDICTS[row.outcome]
    if row.recovery is not None:
        label += f", back in {with_unit(figures(row.recovery), 's')}"
    return tag(label, variant)


def _csv(page_data: RunsData) -> Table:
    columns = [
        column("id", "Id", "text"), column("started_at", "Run", "time"),
        column("release", "Release", "text"), column("profile", "Profile", "text"),
        column("scenario", "Scenario", "text"), column("connections", "Connections", "count"),
        column("connected", "Connected", "count"), column("lost", "Lost", "count"),
        column("p95_ms", "p95", "ms"), column("p99_ms", "p99", "ms"),
        column("n", "n, round trips", "count"),
        column("messages_per_second", "Messages/s", "number"),
        column("recovery", "All back after", "seconds"), column("outcome", "Verdict", "text"),
        column("sentence", "Sentence", "text"), column("note", "Note", "text"),
        column("baseline", "Baseline", "text"),
    ]  # fmt: skip
    return Table(columns, [
        [
            str(row.id), chart_time(row.started_at), row.release, row.profile, row.scenario,
            row.connections, row.connected, row.lost, row.p95, row.p99, row.n, row.per_second,
            row.recovery, row.outcome.value, row.sentence, row.note,
            "yes" if row.is_baseline else "",
        ]
        for row in page_data.current.rows
    ])  # fmt: skip
