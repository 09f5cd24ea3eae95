"""From rows through rollups to incidents: the rounds of the scheduler on a real store."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from analytics.anomalies.judging import fitting
from analytics.jobs import anomalies
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from models.anomalies import feedback, incidents, series, steps
from models.anomalies.incidents import Feedback, IncidentFilter, IncidentRow
from models.database.engine import Database
from models.database.leases import LeaseLost, Leases
from models.metrics.anomalies.incident import FeedbackVerdict
from models.metrics.anomalies.series_key import SeriesKey
from models.raw.client_reports import ClientReport
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

STEP, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
SINCE = NOON - HOUR * 54
OUTAGE = (NOON - HOUR * 20, NOON - HOUR * 19)
SUCCESS = SeriesKey("client", "portal", "connect_success")
TABLES = ("anomaly_series", "anomaly_steps", "incidents", "incident_parts")


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    settings = Settings(
        data_dir=tmp_path, websocket_metrics_retention_days=4, app_zones=(("portal", "UTC"),)
    )
    return JobContext(database, settings, clock, lease)


def reports_of(
    start: datetime, end: datetime, outage: tuple[datetime, datetime]
) -> Iterator[ClientReport]:
    """A report every five minutes, of a session of its own: all but few of its 20 attempts open, in an
    outage 2."""
    for number in range(int((end - start) / STEP)):
        at = start + STEP * number
        noise = hash((number, 16)) % 7
        opened = 2 if outage[0] <= at < outage[1] else 20 - (noise == 0)
        yield report(
            session_id=UUID(int=int(at.timestamp())), report_id=UUID(int=int(at.timestamp())),
            period_end=at + timedelta(minutes=1), country="DE",
            attempts=20, opened=opened, failed=20 - opened, sent=50 + noise,
        )  # fmt: skip


def fill(database: Database) -> None:
    store(database, *reports_of(SINCE, NOON, OUTAGE))
    roll_up(database)


def found(database: Database, end: datetime = NOON + DAY) -> list[IncidentRow]:
    """All incidents, the oldest first."""
    window = IncidentFilter(start=SINCE, end=end)
    with database.transaction() as connection:
        return incidents.matching(connection, window, 99)[::-1]


def stored(database: Database, names: tuple[str, ...] = TABLES) -> dict[str, Any]:
    without = {"anomaly_series": "- 'fitted_at'", "incidents": "- 'updated_at'"}
    return {
        name: rows(database, f"SELECT to_jsonb(t) {without.get(name, '')} FROM {name} AS t ORDER BY 1")
        for name in names
    }  # fmt: skip


def test_an_outage_in_the_past_and_one_that_begins_now_are_incidents(
    context: JobContext, database: Database, clock: Clock
) -> None:
    fill(database)
    assert "new" in anomalies.places(context)
    assert "of them new" in anomalies.fits(context)
    assert anomalies.fits(context) == "none is due"
    (past,) = found(database)
    assert (past.started_at, past.until, past.ended_at) == (*OUTAGE, OUTAGE[1])
    parts = set()
    with database.transaction() as connection:
        parts = {part.key for part in incidents.parts_of(connection, [past.id])}
    assert {SUCCESS, SeriesKey("client", "portal", "failed")} <= parts
    assert SeriesKey("client", "portal", "connect_success", "country", "DE") in parts
    assert past.severity == "high"
    before = stored(database)
    assert anomalies.newest(context) == "no new steps"
    assert stored(database) == before
    begins = NOON + STEP * 2
    store(database, *reports_of(NOON, NOON + STEP * 4, (begins, NOON + DAY)))
    clock.advance(minutes=25)
    assert "steps judged" in anomalies.newest(context)
    _, now = found(database)
    assert (now.started_at, now.until, now.is_ongoing) == (begins, begins + STEP * 2, True)
    before = stored(database)
    assert anomalies.newest(context) == "no new steps"
    assert stored(database) == before


def test_a_round_that_was_killed_begins_again(
    context: JobContext, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    anomalies.places(context)
    monkeypatch.setattr(fitting, "ROWS_AT_ONCE", 5000)
    confirm, calls = context.lease.confirm, 0
    with monkeypatch.context() as patient:
        patient.setattr(steps, "store", _dying(steps.store, 2))
        with pytest.raises(LeaseLost):
            anomalies.fits(context)
    with database.transaction() as connection:
        assert all(each.judged_until is None for each in series.all_series(connection))
    anomalies.fits(context)
    first = stored(database, ("anomaly_steps", "incident_parts"))
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE anomaly_series SET judged_until = NULL, fitted_at = NULL"
        )
    anomalies.fits(context)
    assert stored(database, ("anomaly_steps", "incident_parts")) == first
    assert len(found(database)) == 1
    del confirm, calls


def _dying(function: Callable[..., int], calls: int) -> Callable[..., int]:
    left = [calls]

    def dies(*arguments: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise LeaseLost("killed")
        return function(*arguments)

    return dies


def test_what_people_call_expected_is_left_out_of_later_fits(
    context: JobContext, database: Database
) -> None:
    fill(database)
    anomalies.places(context)
    anomalies.fits(context)
    (past,) = found(database)
    said = Feedback(FeedbackVerdict.EXPECTED, "ana", "a test", NOON)
    with database.transaction() as connection:
        judged = series.find(connection, SUCCESS)
        feedback.give(connection, past.id, said)
        connection.exec_driver_sql("UPDATE anomaly_series SET fitted_at = NULL")
    assert judged is not None
    anomalies.fits(context)
    with database.transaction() as connection:
        again = series.find(connection, SUCCESS)
    assert again is not None
    assert (judged.measured_rate or 0) > 0 == again.measured_rate
