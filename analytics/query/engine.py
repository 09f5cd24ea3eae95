"""Answers queries: coverage, plan, rows, arrays, in one snapshot of the store.

Every figure of a range is read here, so that no two can disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from analytics.query import exposure, fold, moments
from analytics.query.arrays import Arrays, Labels
from analytics.query.fold import Shape
from analytics.query.formula import ACTIVE, SESSIONS, STATES, Calculation, Formula
from analytics.query.moments import SessionMoments
from analytics.query.plan import Plan, plan_of
from analytics.query.query import LabelPart, Query, SeriesSource
from analytics.query.read_plan import MINUTE, Coverage
from analytics.query.resolution import FINE_FOR
from analytics.ranges.timerange import TimeRange
from analytics.stats.largest_sessions import LargestSessions
from models.database.engine import Connection
from models.metrics.client_columns import CUBE_COUNTS
from models.metrics.dimensions import AUTOMATED, PROTOCOL, REGION
from models.metrics.intervals import ReadPlan
from models.queries import columns, coverage, labels, pairs, session_states, sessions, sums
from models.queries.selection import ACTIVE as ACTIVE_ROWS
from models.queries.selection import (
    CLIENT,
    CUBE,
    PAIR,
    SERVER,
    SERVER_BY_WORKER,
    WORKER,
    Family,
    Selection,
)
from models.queries.selection import SESSIONS as SESSION_ROWS
from models.queries.selection import STATES as STATE_ROWS
from models.queries.session_states import CurrentStates

FOREVER = datetime.max.replace(tzinfo=UTC)
SAMPLED = (Formula(calculation=Calculation.COUNT, numerator=("sampled_us",)),)
MOST_PROCESSES = 50  # a month of restarts has hundreds
FAMILIES = {"by_value": CLIENT, "pair": PAIR, "cube": CUBE, "none": CLIENT}


class Engine:
    """Answers on one snapshot. Every method may raise the errors of SQLAlchemy.

    Queries within `covered` share one reading of what is rolled up there; others read their own.
    """

    def __init__(self, connection: Connection, covered: TimeRange | None = None) -> None:
        self._connection = connection
        self._covered = covered
        self._coverage: dict[tuple[object, ...], Coverage] = {}

    def plan(self, query: Query) -> Plan:
        """How `query` will be answered; one statement, two for servers or a pair of dimensions."""
        covered = self.coverage(query)
        if query.source is SeriesSource.SERVER and query.grid is None and query.metrics:
            return self._with_sources(query, covered)
        plan = plan_of(query, covered)
        if plan.resolution.cells == "pair" and not self._pairs_are_complete(plan):
            return plan_of(query, plan.coverage, is_beyond_top=True)
        return plan

    def coverage(self, query: Query) -> Coverage:
        """What is rolled up of the source around the range of `query`."""
        window, covered = query.window, self._covered
        if covered is None or window.start < covered.start or covered.end < window.end:
            return self._read_coverage(query, window)
        key = query.source, tuple(sorted(query.filters.items()))
        if key not in self._coverage:
            self._coverage[key] = self._read_coverage(query, covered)
        return self._coverage[key]

    def _read_coverage(self, query: Query, window: TimeRange) -> Coverage:
        """Of `window`. Sessions of a query over a short range are counted by the minute."""
        is_fine = query.source is SeriesSource.CLIENT and query.window.length <= FINE_FOR
        row = coverage.coverage(
            self._connection, query.source, window.start, window.end,
            window.start if is_fine else None, filters=query.filters,
        )  # fmt: skip
        return Coverage(at=row["at"]) if row["complete_until"] is None else Coverage(**row)

    def arrays(self, plan: Plan) -> Arrays:
        """The sums and histograms of the query's metrics, per step and label set."""
        query = plan.query
        if query.source is SeriesSource.SERVER:
            return exposure.of_servers(self._server_arrays(plan), query.sums)
        needed, missing = {*query.sums}, plan.not_counted
        durations = {*query.durations, *exposure.base_durations(needed)}
        family = FAMILIES[plan.resolution.cells]
        arrays = self._read(plan, family, exposure.base_sums(needed), sorted(durations))
        if SESSIONS & needed and "sessions" not in missing:
            arrays = arrays.joined(self._sessions(plan))
        if query.is_live and ACTIVE in needed and not {PROTOCOL, REGION} & {*query.dimensions}:
            since = ReadPlan(raw=[(plan.window.start, FOREVER)])
            selection = self._selection(plan, ACTIVE_ROWS, since, is_limited=False)
            arrays = arrays.joined(self._fold(selection, (ACTIVE,)).aligned(arrays.labels))
        if STATES & needed and not STATES & {*missing}:
            selection = self._selection(plan, STATE_ROWS, plan.state_pieces, is_limited=False)
            states = self._fold(session_states.from_reports(selection), exposure.OF_STATES)
            arrays = exposure.with_state_minutes(arrays.joined(states), plan.coverage.at)
        return exposure.of_browsers(arrays, query.sums, plan.window, plan.coverage.at)

    def processes(self, plan: Plan) -> Arrays:
        """Worker processes by service and instance: `cpu_ms` over `cpu_us`, `sampled_us`, peaks of
        memory and descriptors, event loop lags; of the `MOST_PROCESSES` with the most samples."""
        arrays = self._of_workers(plan, ("service", "instance"), exposure.PEAKS, ("loop_lag",))
        measured = (
            arrays.sums["cpu_us"].any(axis=1)
            | ~np.isnan(arrays.extremes["peak_memory_bytes"]).all(axis=1)
            | arrays.histograms["loop_lag"].n.any(axis=1)
        )
        rows = [int(row) for row in np.flatnonzero(measured)]
        names = [tuple(each.values()) for each in arrays.labels]
        rows.sort(key=lambda row: (-arrays.observed[row].sum(), names[row]))
        return arrays.select(sorted(rows[:MOST_PROCESSES], key=lambda row: names[row]))

    def by_worker(self, plan: Plan) -> Arrays:
        """Sums and durations of samples by service and instance; none of processes."""
        query = replace(plan.query, group_by=("service", "instance"))
        plan = replace(plan, query=query)
        names = exposure.base_sums({*query.sums} - exposure.OF_PROCESSES - exposure.BY_PROCESS)
        durations = [name for name in query.durations if name != "loop_lag"]
        selection = self._selection(plan, SERVER_BY_WORKER, plan.of_rows)
        return exposure.of_servers(self._fold(selection, names, durations), query.sums)

    def session_moments(self, plan: Plan, labels: Sequence[Labels], reports: int) -> SessionMoments:
        """How the sessions of these label sets vary; `reports` are all of the range, whatever the
        filters of the query."""
        total = plan.over_range()
        selection = self._selection(total, CLIENT, total.of_rows)
        return moments.read(self._connection, total, selection, labels, reports)

    def by_label(self, plan: Plan, part: LabelPart) -> Arrays:
        """One sum, split by a part of its label beside the query's groups."""
        selection = self._selection(plan, self._family(plan), plan.pieces)
        rows = labels.by_label(self._connection, selection, part.sum_name, part.part_index)
        names = [*plan.query.group_by, part.name]
        keys = ["i", "rate", *(f"d{n}" for n in range(len(names))), "s0"]
        return fold.arrays_of(keys, rows, Shape(plan.grid, names, (part.sum_name,)))

    def label_totals(self, plan: Plan, names: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        """The totals of the range by label, the largest first."""
        selection = self.total_selection(plan)
        return labels.label_totals(self._connection, selection, names)

    def current_states(
        self, plan: Plan
    ) -> tuple[CurrentStates, Mapping[str, int], Mapping[str, int]]:
        """The states of sessions now; the sessions of the range that may be blind, by reason; and
        the automated ones by name; all under the filters of the query."""
        selection = self._selection(plan.over_range(), SESSION_ROWS, plan.of_rows)
        return session_states.current(self._connection, selection, plan.coverage.at)

    def automated(self, plan: Plan) -> Mapping[str, int]:
        """The sessions of crawlers and probes that reported in the range, by name."""
        selection = self._selection(plan.over_range(), SESSION_ROWS, plan.of_rows)
        return session_states.automated(self._connection, selection)

    def with_largest_sessions(self, plan: Plan) -> Arrays:
        """The arrays with what the largest sessions bring, of a query without groups; cells by
        several dimensions do not tell, nor do more than `moments.MOST_ROWS` raw rows."""
        return self.arrays(replace(plan, tells_sessions=True))

    def total_selection(self, plan: Plan) -> Selection:
        """The rows and cells of the whole range."""
        total = plan.over_range()
        return self._selection(total, self._family(plan), total.pieces)

    def over_range(self, plan: Plan, arrays: Arrays, *metrics: Formula) -> Arrays:
        """The whole range as one step: `arrays` added up, and `metrics` read from longer cells."""
        return arrays.over_range().joined(self.arrays(plan.over_range(*metrics)))

    def most_frequent(self, query: Query) -> list[str]:
        """The values of the dimension that `query` groups by, by their rows in the range."""
        plan = self.plan(replace(query, extremes=False)).over_range()
        # All are read and sorted here: to limit them, the statement would read its rows twice.
        every = self._selection(plan, self._family(plan), plan.pieces, is_limited=False)
        arrays = self._fold(every, ())
        (dimension,) = query.group_by
        n = {
            labels[dimension]: rows[0]
            for labels, rows in zip(arrays.labels, arrays.observed, strict=True)
        }
        return sorted(n, key=lambda value: (-n[value], value))[: query.most]

    def _with_sources(self, query: Query, covered: Coverage) -> Plan:
        """With the services and apps that sent samples, and no step below the interval of the
        source of the query that samples least often."""
        of_sources = replace(
            query, metrics=SAMPLED, filters={}, group_by=("service", "app"),
            least_seconds=MINUTE.total_seconds(), with_tests="app" in query.filters,
        )  # fmt: skip
        sources = self.arrays(plan_of(of_sources, covered).over_range())
        seconds = sources.sums["sampled_us"][:, 0] / np.maximum(sources.observed[:, 0], 1) / 1e6
        own = [
            float(interval)
            for labels, interval in zip(sources.labels, seconds, strict=True)
            if all(labels[name] in values for name, values in query.filters.items())
        ]
        plan = plan_of(replace(query, least_seconds=max([query.least_seconds, *own])), covered)
        return replace(
            plan, sources=sorted((each["service"], each["app"]) for each in sources.labels)
        )

    def _server_arrays(self, plan: Plan) -> Arrays:
        query, needed = plan.query, {*plan.query.sums}
        sums_of_apps = exposure.base_sums(needed - exposure.OF_PROCESSES - exposure.BY_PROCESS)
        durations = [name for name in query.durations if name != "loop_lag"]
        arrays = self._read(plan, SERVER, sums_of_apps, durations)
        of_processes = needed & exposure.OF_PROCESSES
        lags = [name for name in query.durations if name == "loop_lag"]
        if of_processes or lags:
            groups = tuple(name for name in query.group_by if name != "app")
            read = sorted(of_processes - {"process_samples"})
            arrays = exposure.with_processes(arrays, self._of_workers(plan, groups, read, lags))
        if needed & exposure.BY_PROCESS:
            arrays = arrays.with_sums(**exposure.levels_of_processes(self.processes(plan)))
        return arrays

    def _of_workers(
        self, plan: Plan, group_by: tuple[str, ...], names: Sequence[str], durations: Sequence[str]
    ) -> Arrays:
        """Processes belong to every app."""
        filters = {name: values for name, values in plan.query.filters.items() if name != "app"}
        query = replace(plan.query, group_by=group_by, filters=filters)
        return self._read(replace(plan, query=query), WORKER, names, durations)

    def _read(
        self, plan: Plan, family: Family, names: Sequence[str], durations: Sequence[str] = ()
    ) -> Arrays:
        if family is CUBE:
            names, durations = [name for name in names if name in CUBE_COUNTS], ()
        has_cells = columns.in_cells(family, names)
        selection = self._selection(plan, family, plan.pieces if has_cells else plan.of_rows)
        with_sessions = plan.tells_sessions and family is CLIENT
        return self._fold(selection, names, durations, with_sessions=with_sessions)

    def _fold(
        self,
        selection: Selection,
        names: Sequence[str],
        durations: Sequence[str] = (),
        before: str = "",
        *,
        with_sessions: bool = False,
    ) -> Arrays:
        rows = sums.sum_rows(
            self._connection, selection, names, durations, before,
            sessions_of=moments.MOST_ROWS if with_sessions else 0,
        )  # fmt: skip
        with_n = frozenset(name for name in names if columns.has_n(selection.family, name))
        shape = Shape(
            selection.grid, selection.group_by, names, durations, with_n, has_before=bool(before)
        )
        arrays = fold.arrays_of(rows.columns, rows.rows, shape)
        if not with_sessions:
            return arrays
        largest = LargestSessions.of_rows(rows.sessions, is_complete=rows.has_all_sessions)
        return replace(arrays, largest=largest)

    def _sessions(self, plan: Plan) -> Arrays:
        """Those that started, or by their last report; of all label sets, as far as not live."""
        if plan.query.is_live:
            reports = self._selection(plan, CLIENT, plan.of_rows)
            return self._fold(sessions.by_last_report(reports), sorted(SESSIONS))
        selection = self._selection(plan, SESSION_ROWS, plan.session_pieces, is_limited=False)
        before = sessions.CARRIED_OVER if plan.counts_distinct else ""
        return self._fold(selection, sorted(SESSIONS), before=before)

    def _pairs_are_complete(self, plan: Plan) -> bool:
        first, second = plan.query.dimensions
        return pairs.hold_all(
            self._connection, (first, second), plan.query.filters, plan.pieces.days
        )

    def _family(self, plan: Plan) -> Family:
        if plan.query.source is SeriesSource.SERVER:
            return SERVER
        return FAMILIES[plan.resolution.cells]

    def _selection(
        self, plan: Plan, family: Family, pieces: ReadPlan, *, is_limited: bool = True
    ) -> Selection:
        query = plan.query
        return Selection(
            family=family.of_automated if query.is_automated else family,
            grid=plan.grid, pieces=pieces,
            filters={name: v for name, v in query.filters.items() if name != AUTOMATED},
            group_by=query.group_by, most=query.most if is_limited else None,
            extremes=query.extremes, with_tests=query.with_tests,
        )  # fmt: skip
