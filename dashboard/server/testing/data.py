"""The data of the Testing page: the stored runs, those compared, and the server meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from dash.development.base_component import Component

from analytics.load_tests.comparison import Difference, compared
from analytics.load_tests.report import LoadTestReport
from analytics.load_tests.runs import LoadTestRow, NoSuchLoadTest
from analytics.ranges.steps import StepStart
from analytics.services.services import Services
from dashboard.core import times, url_state
from dashboard.core.numbers import plural
from dashboard.page import freshness
from dashboard.page.data import PageData

from . import command, during
from .during import NOTHING_MEASURED, ServerDuring
from .url_state import RunsView

ROUTE = "/api/ws/load-tests"


@dataclass(frozen=True, slots=True)
class RunList:
    """The runs of a range, the newest first, as a `SeriesReport` without steps."""

    start: datetime
    end: datetime
    rows: Sequence[LoadTestRow]
    resolution: str = ""
    step_seconds: int = 1
    zone: str = "UTC"
    series: Sequence[StepStart] = ()


@dataclass(frozen=True, kw_only=True)
class RunsData(PageData[RunList]):
    """`run` is the later of those selected, `before` the earlier; `mismatch` says why they have no
    `differences`. `deleted` runs of the URL are stored no more. `newest` is the newest of all;
    `origin` the address of this installation, `retention_days` how long runs are stored."""

    selection: RunsView
    run: LoadTestReport | None = None
    before: LoadTestReport | None = None
    differences: Sequence[Difference] = ()
    mismatch: str = ""
    deleted: int = 0
    during: ServerDuring = NOTHING_MEASURED
    newest: LoadTestRow | None = None
    origin: str
    retention_days: int

    @property
    def has_before(self) -> bool:
        """Whether there is a run to compare with."""
        return self.before is not None

    @property
    def selected(self) -> list[UUID]:
        """The ids of the runs compared, the earlier first."""
        return [report.id for report in (self.before, self.run) if report is not None]

    def name_of(self, report: LoadTestReport) -> str:
        """When a run began: `14:32`, `12 Mar 09:00`."""
        return times.moment(report.started_at, self.now, self.zone)


def read(services: Services, view: url_state.View, zone: object) -> RunsData:
    """The runs of the range and all of those compared. Raises `DatabaseAway`."""
    selection, now = cast(RunsView, view), services.now()  # its tab makes no other
    local = url_state.zone_for(view, zone)
    window = view.window(now, local)
    rows = services.load_tests.listed(window).load_tests
    newest = rows[0] if rows else next(iter(services.load_tests.listed().load_tests), None)
    names = selection.runs or default_selection(rows, services.load_tests.baselines().load_tests)
    reports = _reports(services, names)
    run, before = ([*reversed(reports), None, None])[:2]
    differences, mismatch = _compared(run, before)
    return RunsData(
        view=view,
        window=window,
        now=now,
        zone=local,
        current=RunList(window.start, window.end, rows),
        selection=selection,
        run=run,
        before=before,
        differences=differences,
        mismatch=mismatch,
        deleted=len(names) - len(reports),
        during=during.read(services, run, local) if run else NOTHING_MEASURED,
        newest=newest,
        origin=command.origin(services.settings.public_url),
        retention_days=services.settings.rollup_retention_days,
    )


def default_selection(
    rows: Sequence[LoadTestRow], baselines: Sequence[LoadTestRow] = ()
) -> tuple[UUID, ...]:
    """The newest run, and the baseline of runs that did the same, or else the last before it."""
    if not rows:
        return ()
    newest, *earlier = rows
    of_target = [row for row in baselines if row.target == newest.target and row.id != newest.id]
    alike = (row.id for row in (*of_target, *earlier) if _shape(row) == _shape(newest))
    return (newest.id, *([before] if (before := next(alike, None)) else []))


def _shape(row: LoadTestRow) -> tuple[str, str, int]:
    return row.profile, row.scenario, row.connections


def _reports(services: Services, names: Sequence[UUID]) -> list[LoadTestReport]:
    """Those that are stored, the earlier first."""
    reports = []
    for name in names:
        try:
            reports.append(services.load_tests.report(name))
        except NoSuchLoadTest:
            continue
    return sorted(reports, key=lambda report: report.started_at)


def _compared(
    run: LoadTestReport | None, before: LoadTestReport | None
) -> tuple[Sequence[Difference], str]:
    if run is None or before is None:
        return (), ""
    try:
        return compared(run, before), ""
    except ValueError as fault:
        return (), str(fault)


def status(page_data: RunsData) -> list[Component]:
    """How many runs there are in the range."""
    label = f"{plural(len(page_data.current.rows), 'run')} in the range"
    return freshness.layout(page_data, label, ROUTE, {})
