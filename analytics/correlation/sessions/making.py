"""Sums up sessions, a portion at a time: those with new reports once they have ended, or all
anew."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from analytics.correlation.sessions.summing import Summaries, summaries_of
from analytics.correlation.sessions.table import AGE_SECONDS, MOST_AGES
from models.correlation import session_summaries, session_sums
from models.correlation.session_summaries import SummaryRow
from models.correlation.session_sums import StoredSession
from models.database.engine import Connection, Database
from models.queries.snapshot import snapshot

Confirm = Callable[[Connection], None]
LEFT_FOR = timedelta(minutes=2)  # reports of a page that was left still arrive for a while
SILENT_FOR = timedelta(minutes=30)  # and the page may only be asleep
MOST_SESSIONS = 1000
MOST_REPORTS = 20_000  # of a portion of more than one session
FIRST_ID = UUID(int=0)


class SessionSummaries:
    """Makes and keeps the summaries. `confirm` is called in each transaction that writes. Methods
    raise `DatabaseAway`, and what `confirm` raises."""

    def __init__(self, database: Database, confirm: Confirm) -> None:
        self._database = database
        self._confirm = confirm

    def sum_up(self, now: datetime) -> int:
        """Sum up a portion of the sessions that are due; how many."""
        with snapshot(self._database) as connection:
            portion = portion_of(
                session_sums.due(connection, now - LEFT_FOR, now - SILENT_FOR, MOST_SESSIONS)
            )
        self._write(portion)
        return len(portion)

    def rebuild(self) -> int:
        """Make all summaries anew from the reports that are stored; how many sessions have one."""
        after, total = FIRST_ID, 0
        while True:
            with snapshot(self._database) as connection:
                portion = portion_of(session_sums.summarized(connection, after, MOST_SESSIONS))
            if not portion:
                return total
            self._write(portion)
            after, total = portion[-1].session_id, total + len(portion)

    def forget_segments(self) -> int:
        """Delete what sessions were alike in that are all deleted; how many."""
        with self._database.transaction() as connection:
            self._confirm(connection)
            session_summaries.begin(connection)
            return session_summaries.forget_segments(connection)

    def _write(self, portion: Sequence[StoredSession]) -> None:
        """Sum up these sessions: one of which reports were dropped stays as it is, a crawler has no
        summary."""
        people = [each for each in portion if each.is_person]
        summaries = self._summaries(people)
        reports = {each.session_id: each.reports for each in portion}
        with self._database.transaction() as connection:
            self._confirm(connection)
            session_summaries.begin(connection)
            stored = session_summaries.lock_sessions(connection, reports)
            ids = session_summaries.segment_ids(connection, {*summaries.segments})
            rows = zip(
                summaries.sessions, summaries.starts, summaries.segments, summaries.figures(ids),
                summaries.ages, strict=True,
            )  # fmt: skip
            session_summaries.write(
                connection,
                [
                    SummaryRow(session, start, ids[segment], figures, ages)
                    for session, start, segment, figures, ages in rows
                    if session in stored
                ],
            )
            session_summaries.remove(
                connection, (each.session_id for each in portion if not each.is_person)
            )
            session_summaries.mark_summarized(connection, reports)

    def _summaries(self, people: Sequence[StoredSession]) -> Summaries:
        by_id = {each.session_id: each for each in people}
        if not people:
            return summaries_of([], [], [])
        with snapshot(self._database) as connection:
            rows = [
                row
                for row in session_sums.sums(connection, people)
                if row["reports"] >= by_id[row["session_id"]].reports
            ]
            complete = [by_id[row["session_id"]] for row in rows]
            starts = [row["started_at"] for row in rows]
            ages = session_sums.by_age(connection, complete, starts, AGE_SECONDS * MOST_AGES)
        return summaries_of(rows, ages, [each.weight for each in complete])


def portion_of(sessions: Iterable[StoredSession]) -> list[StoredSession]:
    """The first sessions whose reports are few enough to be summed up at once, at least one."""
    portion: list[StoredSession] = []
    reports = 0
    for session in sessions:
        reports += session.reports
        if portion and reports > MOST_REPORTS:
            break
        portion.append(session)
    return portion
