"""The server during the run: its open connections, and the loop lag of its worst worker."""

from urllib.parse import urlencode

from dash.development.base_component import Component

from analytics.formatting.instants import iso8601
from analytics.load_tests.report import LoadTestReport
from dashboard.charts.annotations import Line
from dashboard.core import addresses
from dashboard.core.numbers import count, duration_text, plural
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel
from dashboard.widgets.pieces import link

from . import during
from .data import RunsData
from .seconds_chart import UNDRAWN_FIGURE, SecondsLine, figure

CONNECTIONS = Panel(
    name="testing-connections",
    title="Open connections",
    explain=(
        "open connections as this installation counted them in the time of the run, under the app "
        "of its address (load-test where the address has no path), beside those the generator had "
        "open."
    ),
    css_class="panel-third",
    has_chart=True,
    legend=(
        LegendEntry(name="server", color="--measured"),
        LegendEntry(name="generator", color="--ink-3", kind="thin"),
    ),
)
LOOP_LAG = Panel(
    name="testing-loop-lag",
    title="Loop lag",
    explain=(
        "loop_lag: how much later than scheduled a timer of 100 ms fires; p99 of the worker where "
        "it was worst in each step."
    ),
    css_class="panel-quarter",
    has_chart=True,
)
BESIDE = "the run tested another server, or its rows are deleted."
CHARTED = (during.CONNECTIONS, "loop_lag_p99_ms", "latency_p95_ms")


def draw_connections(page_data: RunsData) -> PanelContent:
    """The content of the panel of connections."""
    run, server = page_data.run, page_data.during
    if run is None or not server.connections:
        return _empty("connections", "No connection of this run was counted here: " + BESIDE)
    seconds = [at for at, _ in server.connections]
    values = [value for _, value in server.connections]
    lines = [
        SecondsLine(
            Line(name="generator", values=[each.open for each in run.windows], color="--ink-3",
                 width=1.25),
            [each.at for each in run.windows],
        ),
        SecondsLine(Line(name="server", values=values, color="--measured"), seconds),
    ]  # fmt: skip
    return PanelContent(
        unit=_app(page_data),
        body=figure(run.plan, lines, seconds, end=_length(run), least_top=1.0),
        label=f"Open connections over the run: at most {count(max(values))} by the server, "
        f"{count(run.connections.most_open)} by the generator.",
        foot=[_agreement(run), _history_link(run)],
        table=Table(
            [column("seconds", "Seconds", "seconds"),
             column("connections", "By the server", "number", "--measured")],
            [list(pair) for pair in server.connections],
        ),
    )  # fmt: skip


def draw_loop_lag(page_data: RunsData) -> PanelContent:
    """The content of the panel of loop lag."""
    run, server = page_data.run, page_data.during
    if run is None or not server.loop_lag:
        return _empty("ms", "No worker measured its loop lag in this time: " + BESIDE)
    seconds = [at for at, _ in server.loop_lag]
    values = [value for _, value in server.loop_lag]
    line = SecondsLine(Line(name="loop lag", values=values, color="--measured"), seconds)
    return PanelContent(
        unit="p99, ms, worst worker",
        body=figure(run.plan, [line], seconds, end=_length(run), least_top=1.0),
        label=f"Loop lag p99 of the worst worker over the run: at most "
        f"{duration_text(max(values))}.",
        foot=[f"n = {plural(server.workers, 'worker')}", _performance_link(run)],
        table=Table(
            [column("seconds", "Seconds", "seconds"),
             column("loop_lag_p99_ms", "Loop lag p99", "ms", "--measured")],
            [list(pair) for pair in server.loop_lag],
        ),
    )  # fmt: skip


def _length(run: LoadTestReport) -> float:
    return during.window_of(run).length.total_seconds()


def _empty(unit: str, text: str) -> PanelContent:
    return PanelContent(
        unit=unit, body=UNDRAWN_FIGURE, foot=[], table=Table([], []), is_empty=True,
        empty_text=text,
    )  # fmt: skip


def _app(page_data: RunsData) -> str:
    app = page_data.during.app
    return "all apps" if app is None else f"app {app}"


def _agreement(run: LoadTestReport) -> str:
    """Whether both ends counted the same, of the run's own report."""
    if run.server is None:
        return "the run did not read the server's count"
    if run.server.differences:
        return run.server.differences[0]
    return (
        f"{plural(run.server.opened, 'connection')} and {plural(run.server.received, 'message')} "
        "agree with the generator"
    )


def _history_link(run: LoadTestReport) -> Component:
    query = {**_range(run), "series": ",".join(CHARTED)}
    return link("History", f"{addresses.SERVER_HISTORY}?{urlencode(query, safe=',')}")


def _performance_link(run: LoadTestReport) -> Component:
    return link("Performance", f"{addresses.SERVER_PERFORMANCE}?{urlencode(_range(run))}")


def _range(run: LoadTestReport) -> dict[str, str]:
    window = during.window_of(run)
    ends = {"start": window.start, "end": window.end}
    return {name: iso8601(at, "seconds") for name, at in ends.items()}
