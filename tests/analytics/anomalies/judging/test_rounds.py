"""From rows through rollups to incidents: the rounds of the scheduler on a real store."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from analytics.anomalies.forecast.expectation import Errors, Expectation, Method, Reason
from analytics.anomalies.judging import incident_round, newest, outcome
from analytics.anomalies.judging.completeness import complete_until
from analytics.anomalies.judging.fitter import FIT_SECONDS, LateFitter
from analytics.anomalies.judging.fitting import is_new
from analytics.anomalies.judging.newest import Newest
from analytics.anomalies.series import listing
from analytics.anomalies.series.catalogue import (
    MOST_VALUES,
    VALUE_DIMENSIONS,
    VALUE_METRICS,
    metrics_of,
)
from analytics.jobs import anomaly_rounds
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.query.query import SeriesSource
from models.anomalies import feedback, incidents, series, steps
from models.anomalies.incidents import Feedback, IncidentFilter, IncidentRow
from models.anomalies.series import SeriesProgress
from models.database.engine import Database
from models.database.leases import LeaseLost, Leases
from models.metrics.anomalies.incident import FeedbackVerdict
from models.metrics.anomalies.series_key import SeriesKey
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from settings import Settings
from tests.analytics.jobs.test_anomaly_rounds import stored_series
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import roll_up, store

STEP, HOUR = timedelta(minutes=5), timedelta(hours=1)
SINCE = NOON - HOUR * 54
OUTAGE = (NOON - HOUR * 20, NOON - HOUR * 19)
SUCCESS = SeriesKey("client", "portal", "connect_success")
SUCCESS_OF_GERMANY = replace(SUCCESS, dimension="country", value="DE")
WAITING = (
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
TABLES = ("anomaly_series", "anomaly_steps", "incidents", "incident_parts")


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    lease = Leases(database).take(LEASE, "test", 600)
    assert lease is not None
    settings = Settings(
        data_dir=tmp_path, websocket_metrics_retention_days=2, app_zones=(("portal", "UTC"),)
    )
    return JobContext(database, settings, clock, lease)


def reports_of(
    start: datetime, end: datetime, outage: tuple[datetime, datetime]
) -> Iterator[ClientReport]:
    """A report every five minutes, of a session of its own: most of its 200 attempts open, in an
    outage 20."""
    for number in range(int((end - start) / STEP)):
        at = start + STEP * number
        noise = hash((number, 16)) % 7
        opened = 20 if outage[0] <= at < outage[1] else 200 - noise
        yield report(
            session_id=UUID(int=int(at.timestamp())), report_id=UUID(int=int(at.timestamp())),
            period_end=at + timedelta(minutes=1), country="DE",
            attempts=200, opened=opened, failed=200 - opened, sent=50 + noise,
        )  # fmt: skip


def incidents_of(database: Database) -> list[IncidentRow]:
    """All incidents, the oldest first."""
    window = IncidentFilter(start=SINCE, end=NOON + HOUR)
    with database.transaction() as connection:
        return incidents.matching(connection, window, 99)[::-1]


def stored(database: Database, names: tuple[str, ...]) -> dict[str, Any]:
    """All rows of these tables."""
    return {
        name: rows(database, f"SELECT to_jsonb(t) - 'updated_at' FROM {name} AS t ORDER BY 1")
        for name in names
    }


def execute(database: Database, statement: str) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql(statement)


def bands_of(database: Database, key: SeriesKey) -> Mapping[str, Any]:
    with database.transaction() as connection:
        judged = series.find(connection, key)
        assert judged is not None
        return series.detectors(connection, [judged.id])[judged.id].bands


def test_the_rounds_from_rows_to_incidents(
    context: JobContext, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database, *reports_of(SINCE, NOON, OUTAGE))
    roll_up(database)
    assert "new" in anomaly_rounds.places(context)
    hours_are_complete_once_they_are_rolled_up(database, clock)
    a_killed_fit_leaves_nothing_judged(context, database, monkeypatch)
    assert "of them new" in anomaly_rounds.fits(context)
    assert anomaly_rounds.fits(context) == "none is due"
    past = an_outage_in_the_past_is_an_incident(database)
    a_repeated_fit_of_the_past_changes_nothing(context, database)
    what_people_call_expected_is_left_out_of_later_fits(context, database, past)
    an_outage_that_begins_now_is_an_incident(context, database, clock)
    monkeypatch.setattr(newest, "MOST_ROWS", 200 * len(metrics_of("client")))
    a_series_that_lies_behind_by_days_stops_no_other(context, database)


def hours_are_complete_once_they_are_rolled_up(database: Database, clock: Clock) -> None:
    with snapshot(database) as connection:
        ends = [
            complete_until(connection, SeriesSource.CLIENT, clock() + HOUR * 2, seconds)
            for seconds in (300, 3600)
        ]
    assert ends == [NOON + HOUR * 2 - STEP, NOON - HOUR]


def a_killed_fit_leaves_nothing_judged(
    context: JobContext, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "ROWS_AT_ONCE", 5000)
    with monkeypatch.context() as patient:
        patient.setattr(steps, "store", dying(steps.store, 2))
        with pytest.raises(LeaseLost):
            anomaly_rounds.fits(context)
    with database.transaction() as connection:
        assert all(each.judged_until is None for each in series.all_series(connection))
    assert rows(database, "SELECT FROM anomaly_steps LIMIT 1")
    assert incidents_of(database) == []


def an_outage_in_the_past_is_an_incident(database: Database) -> IncidentRow:
    (past,) = incidents_of(database)
    assert (past.started_at, past.is_ongoing) == (OUTAGE[0], False)
    assert (past.severity, past.key.is_of_app) == ("high", True)
    with database.transaction() as connection:
        parts = {part.key: part for part in incidents.parts_of(connection, [past.id])}
    for key in (SUCCESS, SUCCESS_OF_GERMANY):
        assert parts[key].started_at == OUTAGE[0]
        assert OUTAGE[1] - STEP * 2 <= parts[key].until <= OUTAGE[1]
    return past


def a_repeated_fit_of_the_past_changes_nothing(context: JobContext, database: Database) -> None:
    before = stored(database, ("anomaly_steps", "incidents", "incident_parts"))
    execute(database, "UPDATE anomaly_series SET judged_until = NULL, fitted_at = NULL")
    anomaly_rounds.fits(context)
    assert stored(database, ("anomaly_steps", "incidents", "incident_parts")) == before


def what_people_call_expected_is_left_out_of_later_fits(
    context: JobContext, database: Database, past: IncidentRow
) -> None:
    before = bands_of(database, SUCCESS)
    with database.transaction() as connection:
        verdict = Feedback(FeedbackVerdict.EXPECTED, "ana", "a test", NOON)
        feedback.give(connection, past.id, verdict)
    execute(database, "UPDATE anomaly_series SET fitted_at = NULL")
    fit_beside_a_round_that_writes(context, database)
    assert bands_of(database, SUCCESS) != before


def fit_beside_a_round_that_writes(context: JobContext, database: Database) -> None:
    """Both write steps first, then series: whoever has the step gets the series too."""
    fit = threading.Thread(target=anomaly_rounds.fits, args=[context])
    with database.transaction() as connection:
        judged = series.find(connection, SUCCESS)
        assert judged is not None
        assert judged.judged_until is not None
        columns: dict[str, list[Any]] = {name: [None] for name in steps.COLUMNS}
        columns |= {"series_id": [judged.id], "starts_at": [judged.judged_until]}
        steps.store(connection, columns)
        fit.start()
        while fit.is_alive() and not rows(database, WAITING):
            fit.join(0.02)
        progress = SeriesProgress(
            series_id=judged.id, state="ok", memory={}, judged_until=judged.judged_until
        )
        series.store_progress(connection, [progress])
        connection.rollback()
    fit.join()


def an_outage_that_begins_now_is_an_incident(
    context: JobContext, database: Database, clock: Clock
) -> None:
    assert Newest(database, clock(), context.lease.confirm).run() == "no new steps"
    begins = NOON + STEP * 2
    store(database, *reports_of(NOON, NOON + STEP * 4, (begins, NOON + HOUR)))
    clock.advance(minutes=25)
    assert "steps judged" in anomaly_rounds.newest(context)
    *_, now = incidents_of(database)
    assert (now.started_at, now.until, now.is_ongoing) == (begins, begins + STEP * 2, True)
    before = stored(database, TABLES)
    assert anomaly_rounds.newest(context) == "no new steps"
    with database.transaction() as connection:
        assert incident_round.write(connection, "portal", [], clock()) == 0
    assert stored(database, TABLES) == before


def a_series_that_lies_behind_by_days_stops_no_other(
    context: JobContext, database: Database
) -> None:
    """As one that was retired and is listed again; a round judges so many rows at once."""
    execute(
        database, "UPDATE anomaly_series SET judged_until = judged_until - interval '47 hours' "
        "WHERE metric = 'drops' AND dimension = ''",
    )  # fmt: skip
    summaries = [anomaly_rounds.newest(context).split(",")[0] for _ in range(3)]
    assert summaries == ["200 steps judged", "200 steps judged", "164 steps judged"]


def dying(function: Callable[..., int], calls: int) -> Callable[..., int]:
    """`function` for so many calls, then what a round raises that has lost its lease."""
    left = [calls]

    def dies(*arguments: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise LeaseLost("killed")
        return function(*arguments)

    return dies


def test_prophet_is_started_when_a_series_needs_it(tmp_path: Path) -> None:
    with LateFitter(tmp_path):
        pass
    assert [*tmp_path.iterdir()] == []


def test_the_largest_portion_is_fitted_in_time() -> None:
    values = len(VALUE_DIMENSIONS) * (MOST_VALUES + listing.SLACK)
    seconds = 2 * 0.07  # of an idle core
    assert values * len(VALUE_METRICS) * seconds * 2 < FIT_SECONDS


def test_a_summary_says_what_prophet_could_not_do() -> None:
    usual = Expectation(Method.USUAL_HOUR, Reason.NO_BETTER, Errors(), np.zeros(0), np.zeros(0))
    late = replace(usual, reason=Reason.OUT_OF_TIME, fault="too late")
    assert outcome.faults_text([usual]) == ""
    assert outcome.faults_text([late, usual, late]) == ", 2 without Prophet: too late"


def test_a_series_is_new_until_it_is_judged_and_after_a_month_without() -> None:
    judged = stored_series(SUCCESS, NOON)
    assert [is_new(judged, NOON + timedelta(days=days)) for days in (1, 29)] == [False, True]
    assert is_new(replace(judged, judged_until=None), NOON)
