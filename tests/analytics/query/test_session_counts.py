"""Sessions of a range: each once, told by minutes, whatever of them is rolled up."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from analytics.query.client_reader import ClientReader
from analytics.ranges.timerange import Filters, TimeRange
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database
from models.queries.report_queries import snapshot
from models.raw.client_reports import ClientReport
from tests.conftest import NOON
from tests.support.report_factory import report
from tests.support.rollup_truth import found, roll, store

ROLLED_AT = NOON + timedelta(hours=9, minutes=3)


def reports(seed: int, number: int = 150) -> list[ClientReport]:
    """Short and long sessions over 30 hours; some change their page or close badly later on."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(-21 * 3600, 9 * 3600, 40)
    lengths = rng.choice([60, 900, 3600, 20 * 3600], 40)
    made = []
    for _ in range(number):
        session = int(rng.integers(40))
        at = min(starts[session] + rng.random() * lengths[session], 9 * 3600)
        made.append(
            report(
                period_end=NOON + timedelta(seconds=int(at)), session_id=UUID(int=session + 1),
                app=("portal", "kiosk")[session % 2], page=f"/{rng.integers(3)}",
                country=("BR", "DE")[session % 2], abnormal_closes=int(rng.random() < 0.1),
            )
        )  # fmt: skip
    return made


def windows(seed: int) -> list[TimeRange]:
    """Ranges of up to a day with ragged ends, and whole hours."""
    rng = np.random.default_rng(seed)
    ends = [NOON + timedelta(seconds=int(rng.integers(-3600, 9 * 3600))) for _ in range(6)]
    ragged = [TimeRange(e - timedelta(seconds=int(rng.integers(60, 86400))), e) for e in ends]
    return [*ragged, TimeRange(NOON - timedelta(hours=15), NOON + timedelta(hours=9))]


Counted = tuple[TimeRange, dict[datetime, tuple[int, int]], int]


def counted(database: Database, window: TimeRange, filters: Filters) -> Counted:
    """What range was read; sessions that came, and abnormal ones of them, per step; and all that
    reported."""
    with snapshot(database) as connection:
        reading = ClientReader(connection, window, filters)
        found = reading.findings()
    assert found.sessions_are == "present"
    came = {t: (row["sessions"], row["abnormal"]) for t, row in found.sessions.items()}
    return reading.window, came, found.whole["sessions"]


def abnormal(database: Database, window: TimeRange) -> int:
    return sum(bad for _, bad in counted(database, window, Filters())[1].values())


def assert_counted(database: Database, window: TimeRange, filters: Filters) -> None:
    """As the sessions themselves say."""
    window, came, whole = counted(database, window, filters)
    which = "".join(f" AND {name} = '{value}'" for name, value in filters.chosen().items())
    span = f"first_seen >= '{window.start}' AND first_seen < '{window.end}'"
    true = found(
        database,
        "SELECT count(*), count(*) FILTER (WHERE abnormal_closes > 0) FROM sessions "
        f"WHERE {span}{which}",
    )
    assert [tuple(sum(row[place] for row in came.values()) for place in (0, 1))] == true
    there = f"first_seen < '{window.end}' AND last_seen >= '{window.start}'"
    assert [(whole,)] == found(database, f"SELECT count(*) FROM sessions WHERE {there}{which}")


@pytest.mark.parametrize("seed", range(3))
def test_each_session_counts_once_before_and_after_what_comes_late(
    database: Database, seed: int
) -> None:
    made = reports(seed)
    asked = [
        Filters(),
        Filters(app="portal"),
        Filters(country="BR"),
        Filters(app="kiosk", page="/1"),
    ]
    for part in (made[:70], made[70:110], made[110:]):
        store(database, *part)
        for is_rolled in (False, True):
            if is_rolled:
                roll(database, ROLLED_AT)
            for window in windows(seed):
                for filters in asked:
                    assert_counted(database, window, filters)


def test_steps_of_hours_that_are_counted_are_those_of_the_sessions(database: Database) -> None:
    window = windows(0)[-1]
    store(database, *reports(5))
    from_rows = counted(database, window, Filters())
    roll(database, ROLLED_AT)
    with snapshot(database) as connection:
        pieces = ClientReader(connection, window, Filters()).session_pieces
    assert pieces.minutes == [(window.start, window.end - timedelta(hours=1))] or pieces.raw == []
    assert counted(database, window, Filters()) == from_rows


def test_hours_counted_without_their_minutes_are_read_from_the_sessions(
    database: Database,
) -> None:
    window = windows(0)[-1]
    store(database, *reports(6))
    roll(database, ROLLED_AT)
    before = counted(database, window, Filters())
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE session_hours SET started_by_minute = NULL WHERE t < '2026-03-02T06:00Z'"
        )
    assert counted(database, window, Filters()) == before


def test_a_session_that_turns_bad_is_seen_at_once(database: Database) -> None:
    window = windows(0)[-1]
    store(database, report(session_id=UUID(int=1), period_end=NOON))
    roll(database, ROLLED_AT)
    late = NOON + timedelta(hours=5)
    store(database, report(session_id=UUID(int=1), period_end=late, abnormal_closes=1))
    assert abnormal(database, window) == 1
    ClientAggregator(database, lambda _: None).sessions(NOON)
    assert abnormal(database, window) == 1
