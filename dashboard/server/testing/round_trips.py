"""The p95 of the round trip over a run, beside the earlier run, its limit and its phases."""

from collections.abc import Sequence

from analytics.load_tests.report import LoadTestReport, Window
from dashboard.charts.annotations import Figure, Line
from dashboard.core.numbers import count, duration_text, plural
from dashboard.widgets import panel as panels
from dashboard.widgets.drawn import PanelContent, Table, column
from dashboard.widgets.panel import LegendEntry, Panel

from .data import RunsData
from .seconds_chart import UNDRAWN_FIGURE, SecondsLine, figure

PANEL = Panel(
    name="testing-round-trips",
    title="Round trip",
    explain=(
        "p95 of the round trip in each window of the run, from when a message was due: a server "
        "that stalls is charged for every message that waited. The limit is --max-p95-ms, broken "
        "when more than half of the windows of the steady phase lie above it."
    ),
    css_class="panel-span-5",
    has_chart=True,
    has_dynamic_title=True,
)
DOTS = "1px,2.5px"


def draw(page_data: RunsData) -> PanelContent:
    """The content of the panel."""
    run, before = page_data.run, page_data.before
    if run is None:
        return PanelContent(
            unit="", body=UNDRAWN_FIGURE, foot=[], table=Table([], []), title=PANEL.title,
            is_empty=True, empty_text="No run is selected.",
        )  # fmt: skip
    name = page_data.name_of(run)
    earlier = "" if before is None else page_data.name_of(before)
    has_trips = run.round_trip.n > 0
    n = plural(run.round_trip.n, "round trip")
    return PanelContent(
        title=f"{name} against {earlier}" if before else name,
        unit=f"round trip p95, ms, of {run.plan.profile} {run.plan.scenario}",
        body=_figure(run, before, name, earlier) if has_trips else UNDRAWN_FIGURE,
        label=(
            f"Round trip p95 over the run of {name}: {duration_text(run.round_trip.p95)} in all, "
            f"limit {duration_text(run.thresholds.max_p95_ms)}."
        ),
        legend=panels.legend(_legend(name, earlier)),
        foot=[f"n = {n}" + (f", {count(before.round_trip.n)} before" if before else ""),
              f"limit {duration_text(run.thresholds.max_p95_ms)}, seconds since the start"],
        table=_table(run, before),
        is_empty=not has_trips,
        empty_text="This run measured no round trip: its scenario sends nothing, or nothing came "
        "back.",
    )  # fmt: skip


def _legend(name: str, earlier: str) -> list[LegendEntry]:
    if not earlier:
        return []
    return [
        LegendEntry(name=name, color="--measured"),
        LegendEntry(name=earlier, color="--previous", kind="dots"),
    ]


def _figure(run: LoadTestReport, before: LoadTestReport | None, name: str, earlier: str) -> Figure:
    limit = run.thresholds.max_p95_ms
    drawn = [_line(run, Line(name=name, values=_p95(run.windows), color="--measured"))]
    if before is not None:
        line = Line(name=earlier, values=_p95(before.windows), color="--previous", width=1.25,
                    dash=DOTS)  # fmt: skip
        drawn.insert(0, _line(before, line))
    rows = [float(at) for at in sorted(_by_second(run) | _by_second(before))]
    return figure(
        run.plan,
        drawn,
        rows,
        end=max(rows, default=0.0),
        least_top=1.0,
        threshold=(limit, f"limit {duration_text(limit)}"),
    )


def _line(report: LoadTestReport, line: Line) -> SecondsLine:
    return SecondsLine(line, [window.at for window in report.windows])


def _p95(windows: Sequence[Window]) -> list[float | None]:
    return [window.round_trip.p95 for window in windows]


def _table(run: LoadTestReport, before: LoadTestReport | None) -> Table:
    columns = [
        column("seconds", "Seconds", "seconds"),
        column("p95_ms", "p95", "ms", "--measured"),
        column("n", "n, round trips", "count"),
        column("open", "Open connections", "count"),
    ]
    if before is not None:
        columns += [
            column("before_p95_ms", "p95 before", "ms", "--previous", "dots"),
            column("before_n", "n, round trips before", "count"),
        ]
    return Table(columns, _rows(run, before))


def _rows(run: LoadTestReport, before: LoadTestReport | None) -> list[list[float | None]]:
    """A row a window; those of the earlier run beside them, by whole seconds since its start."""
    now, earlier = _by_second(run), _by_second(before)
    rows = []
    for at in sorted(now.keys() | earlier.keys()):
        row = [float(at), *_cells(now.get(at)), now[at].open if at in now else None]
        rows.append(row if before is None else [*row, *_cells(earlier.get(at))])
    return rows


def _by_second(report: LoadTestReport | None) -> dict[int, Window]:
    return {} if report is None else {round(window.at): window for window in report.windows}


def _cells(window: Window | None) -> list[float | None]:
    return [None, None] if window is None else [window.round_trip.p95, window.round_trip.n]
