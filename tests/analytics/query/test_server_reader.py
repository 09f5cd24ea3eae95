"""A range of server samples: what its rows say of workers, services and the present."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.query.server_reader import ServerReader
from analytics.query.server_rows import ServerQueryRows
from analytics.ranges.timerange import TimeRange
from analytics.rollups import server_rollup
from analytics.rollups.server_aggregator import ServerAggregator
from models.database.engine import Database
from models.queries import report_queries
from models.queries.report_queries import snapshot
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

HOUR = TimeRange(NOON - timedelta(hours=1), NOON)
MINUTE = timedelta(minutes=1)


def read(
    database: Database, window: TimeRange = HOUR, app: str | None = None,
    service: str | None = None,
) -> ServerQueryRows:  # fmt: skip
    with snapshot(database) as connection:
        return ServerReader(connection, window, app, service).query_rows()


def roll_up(database: Database, now: datetime = NOON) -> None:
    server_rollup.run(ServerAggregator(database, lambda _: None), now, timedelta(days=30))


@pytest.fixture
def stored(database: Database) -> Database:
    """Two workers of ours and one of a service, in the minutes before noon."""
    ServerSamples(database).insert(
        [
            sample(opened=3, closed={"1000/client": 2, "1006/nobody": 1}, errors={"not-json": 4}),
            sample(opened=1, instance="host:2", app="<b>", rejected={"403": 5}),
            sample(app=None, loop_lag=[1.0, 2.0], cpu_ms=70, memory_bytes=500),
            sample(opened=9, service="chat", instance="chat:1"),
            sample(opened=100, period_end=NOON),
            sample(opened=100, period_end=NOON - timedelta(hours=1, seconds=1)),
        ]
    )
    return database


def opened(query_rows: ServerQueryRows) -> int:
    return sum(int(row["opened"]) for row in query_rows.sums)


def test_a_range_holds_its_start_and_not_its_end(stored: Database) -> None:
    assert opened(read(stored)) == 13
    assert opened(read(stored, TimeRange(HOUR.start, NOON + MINUTE))) == 113


def test_an_app_and_a_service_narrow_the_counts(stored: Database) -> None:
    assert [opened(read(stored, app=app)) for app in ("portal", "<b>", "nowhere")] == [12, 1, 0]
    assert opened(read(stored, service="chat")) == 9
    assert opened(read(stored, app="portal", service="chat")) == 9
    assert opened(read(stored, app="' OR true --")) == 0


def test_labels_come_with_their_counts(stored: Database) -> None:
    query_rows = read(stored)
    amounts = [
        {str(row["label"]): int(row["count"]) for row in rows}
        for rows in (query_rows.closed, query_rows.rejected, query_rows.errors)
    ]
    assert amounts == [{"1000/client": 2, "1006/nobody": 1}, {"403": 5}, {"not-json": 4}]


def test_the_process_is_read_whatever_the_app(stored: Database) -> None:
    for app in (None, "<b>"):
        cpu_ms = {row["instance"]: row["cpu_ms"] for row in read(stored, app=app).process}
        assert cpu_ms["host:1"] == 70


def test_a_range_without_samples_has_rows_of_nothing(database: Database) -> None:
    query_rows = read(database)
    assert [*query_rows.sums, *query_rows.process, *query_rows.closed, *query_rows.rooms] == []
    assert query_rows.opened_last_minute == 0


def test_until_something_is_rolled_up_data_is_of_now(stored: Database) -> None:
    before = datetime.now(UTC)
    assert before - MINUTE < read(stored).data_as_of < before + MINUTE


def test_a_late_sample_makes_older_data_incomplete_until_its_hour_is_made_again(
    database: Database,
) -> None:
    hours = TimeRange(NOON - timedelta(hours=5), NOON)
    ServerSamples(database).insert([sample(period_end=NOON - timedelta(hours=3))])
    roll_up(database)
    complete = read(database, hours).data_as_of
    late = sample(opened=7, period_end=NOON - timedelta(hours=3))
    ServerSamples(database).insert([late])
    with snapshot(database) as connection:
        reader = ServerReader(connection, hours)
        marked_at = reader.data_as_of()
        assert complete <= marked_at < report_queries.now(connection)
    roll_up(database)
    assert read(database, hours).data_as_of > marked_at
    assert opened(read(database, hours)) == 7


def test_a_long_range_is_read_in_steps_of_hours_and_widened_to_them(database: Database) -> None:
    start = NOON - timedelta(days=20, minutes=7)
    with snapshot(database) as connection:
        reader = ServerReader(connection, TimeRange(start, NOON), least_seconds=3600)
    assert reader.step.seconds >= 3600
    assert reader.window.start <= start
    assert reader.window.end >= NOON


def test_a_step_is_no_finer_than_requested(stored: Database) -> None:
    with snapshot(stored) as connection:
        steps = [
            ServerReader(connection, HOUR, least_seconds=seconds).step.seconds
            for seconds in (0, 300, 1800)
        ]
    assert steps == sorted(steps)
    assert all(step >= least for step, least in zip(steps, (0, 300, 1800), strict=True))
