"""Reads what browsers reported over a range, from cells and reports, on one snapshot.

Every figure about browsers passes through here, so that none can disagree with another.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from analytics.catalog import UNKNOWN
from analytics.client_summary import Findings
from analytics.read_plan import Coverage, Level, Plan, plan_by_days, plan_for
from analytics.resolution import CROSS_NOTE, resolution_of
from analytics.step_sums import Steps
from analytics.steps import ORIGIN
from analytics.timerange import Filters, TimeRange
from models import cell_store, rollup_state, touched
from models.report_queries import ReportQueries, now
from models.report_scope import Scope
from models.session_queries import SessionQueries

COUNTED_APART_FOR = timedelta(hours=24)  # different sessions; over longer ranges those that came


class ClientReading:
    """One range with its filters. `window` is what is read: perhaps widened to whole hours."""

    def __init__(
        self,
        connection: Connection,
        window: TimeRange,
        filters: Filters,
        *,
        without: str = "",
        least_seconds: float = 0,
    ) -> None:
        chosen = {
            name: None if value == UNKNOWN else value
            for name, value in filters.chosen().items()
            if name != without
        }
        divided = len(chosen.keys() - {"app"})
        coverage = _coverage(connection, window, divided)
        found = resolution_of(window, divided, coverage, least_seconds)
        self.window, self.step, self.is_crossed = found.window, found.step, found.is_crossed
        self.pieces: Plan = (
            plan_by_days(found.window, rollup_state.crossed(connection, touched.REPORTS))
            if found.is_crossed
            else plan_for(found.window, found.longest, coverage)
        )
        step = timedelta(seconds=found.step.seconds)
        self.scope = Scope(found.window.start, found.window.end, step, ORIGIN, chosen)
        self._connection = connection
        self._ask = ReportQueries(connection, self.scope, self.pieces)
        # What is asked of the range as a whole needs no steps: the longest cells serve it.
        whole = (
            plan_for(found.window, Level.DAY, coverage)
            if found.longest is not Level.RAW and not found.is_crossed
            else self.pieces
        )
        self._ask_whole = ReportQueries(connection, self.scope, whole)
        self._settled = coverage.settled

    def steps(self) -> Steps:
        """Everything that adds up, per step."""
        if self.is_crossed:
            return Steps(self._ask.raw_sums(), self._ask.cross_sums(), with_durations=False)
        return Steps(self._ask.raw_sums(), self._ask.cell_sums())

    def findings(self) -> Findings:
        """What a summary is made of."""
        sessions = SessionQueries(self._connection, self.scope)
        started = sessions.started(self.pieces)
        is_short = self.window.length <= COUNTED_APART_FOR
        return Findings(
            data_as_of=self.data_as_of(),
            steps=self.steps(),
            sessions={row["t"]: row for row in started},
            whole=sessions.present() if is_short else _added(started),
            sessions_are="present" if is_short else "started",
            close_codes=[] if self.is_crossed else self._ask_whole.close_codes(),
            effective_types=[] if self.is_crossed else self._ask_whole.networks(),
            note=CROSS_NOTE if self.is_crossed else "",
        )

    def choices(self, dimension: str) -> list[str]:
        """The values of a dimension, most frequent first."""
        return [row["value"] for row in self._ask_whole.choices(dimension)]

    def data_as_of(self) -> datetime:
        """Now, unless something that came late is not in the settled hours yet."""
        present = now(self._connection)
        if self._settled is None:
            return present
        late = touched.oldest_mark(
            self._connection,
            (touched.REPORTS, touched.SESSIONS),
            self.window.start,
            min(self.window.end, self._settled),
        )
        return min(present, late) if late else present


def _coverage(connection: Connection, window: TimeRange, divided: int) -> Coverage:
    settled = rollup_state.settled(connection, touched.REPORTS)
    if settled is None:
        return Coverage()
    since = (
        rollup_state.divided_from(connection, touched.REPORTS)
        if divided
        else cell_store.first_minute(connection, "client_minutes")
    )
    changed = touched.minutes(connection, touched.REPORTS, settled, window.end)
    return Coverage(settled=settled, minutes_from=since, changed=changed)


def _added(rows: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in ("sessions", "abnormal")}
