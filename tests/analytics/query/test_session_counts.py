"""Sessions of a range: each once, per minute, before and after rollups."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import Filters, TimeRange
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import fetch, roll_up, store

ROLLED_AT = NOON + timedelta(hours=9, minutes=3)


def reports(seed: int, number: int = 150) -> list[ClientReport]:
    """Short and long sessions over 30 hours; some change their page or close abnormally later."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(-21 * 3600, 9 * 3600, 40)
    lengths = rng.choice([60, 900, 3600, 20 * 3600], 40)
    generated = []
    for _ in range(number):
        session = int(rng.integers(40))
        at = min(starts[session] + rng.random() * lengths[session], 9 * 3600)
        generated.append(
            report(
                period_end=NOON + timedelta(seconds=int(at)), session_id=UUID(int=session + 1),
                app=("portal", "kiosk")[session % 2], page=f"/{rng.integers(3)}",
                country=("BR", "DE")[session % 2], abnormal_closes=int(rng.random() < 0.1),
            )
        )  # fmt: skip
    return generated


def windows(seed: int) -> list[TimeRange]:
    """Ranges of up to a day with ragged ends, and full hours."""
    rng = np.random.default_rng(seed)
    ends = [NOON + timedelta(seconds=int(rng.integers(-3600, 9 * 3600))) for _ in range(6)]
    ragged = [TimeRange(e - timedelta(seconds=int(rng.integers(60, 86400))), e) for e in ends]
    return [*ragged, TimeRange(NOON - timedelta(hours=15), NOON + timedelta(hours=9))]


SessionCounts = tuple[TimeRange, dict[datetime, tuple[int, int]], int]


def session_counts(database: Database, window: TimeRange, filters: Filters) -> SessionCounts:
    """The range read; per step the sessions started and the abnormal ones among them; and the
    distinct sessions of the range."""
    with snapshot(database) as connection:
        engine = Engine(connection)
        plan = engine.plan(query_of(window, filters))
        arrays = engine.arrays(plan)
    assert plan.counts_distinct
    sessions, calm = (arrays.sums[name][0] for name in ("sessions", "calm_sessions"))
    started = {
        start: (int(number), int(number - good))
        for start, number, good in zip(arrays.grid.edges, sessions, calm, strict=False)
        if number
    }
    return plan.window, started, int(arrays.totals["sessions"][0, 0])


def query_of(window: TimeRange, filters: Filters) -> Query:
    return Query(
        source=SeriesSource.CLIENT, window=window,
        metrics=(Formula(calculation=Calculation.COUNT, numerator=("sessions", "calm_sessions")),),
        filters={name: (value,) for name, value in filters.active().items()},
    )  # fmt: skip


def abnormal(database: Database, window: TimeRange) -> int:
    return sum(number for _, number in session_counts(database, window, Filters())[1].values())


def assert_counts_match_sessions(database: Database, window: TimeRange, filters: Filters) -> None:
    """The counts equal those of the table of sessions."""
    window, started, total = session_counts(database, window, filters)
    conditions = "".join(f" AND {name} = '{value}'" for name, value in filters.active().items())
    span = f"first_seen >= '{window.start}' AND first_seen < '{window.end}'"
    expected = fetch(
        database,
        "SELECT count(*), count(*) FILTER (WHERE abnormal_closes > 0) FROM sessions "
        f"WHERE {span}{conditions}",
    )
    assert [tuple(sum(row[column] for row in started.values()) for column in (0, 1))] == expected
    overlaps = f"first_seen < '{window.end}' AND last_seen >= '{window.start}'"
    assert [(total,)] == fetch(
        database, f"SELECT count(*) FROM sessions WHERE {overlaps}{conditions}"
    )


@pytest.mark.parametrize("seed", range(3))
def test_each_session_counts_once_before_and_after_late_reports(
    database: Database, seed: int
) -> None:
    generated = reports(seed)
    filter_sets = [
        Filters(),
        Filters(app="portal"),
        Filters(country="BR"),
        Filters(app="kiosk", page="/1"),
    ]
    for part in (generated[:70], generated[70:110], generated[110:]):
        store(database, *part)
        for is_rolled in (False, True):
            if is_rolled:
                roll_up(database, ROLLED_AT)
            for window in windows(seed):
                for filters in filter_sets:
                    assert_counts_match_sessions(database, window, filters)


def test_steps_from_session_cells_equal_those_from_sessions(database: Database) -> None:
    window = windows(0)[-1]
    store(database, *reports(5))
    from_rows = session_counts(database, window, Filters())
    roll_up(database, ROLLED_AT)
    with snapshot(database) as connection:
        plan = Engine(connection).plan(query_of(window, Filters())).session_pieces
    assert plan.minutes == [(window.start, window.end - timedelta(hours=1))] or plan.raw == []
    assert session_counts(database, window, Filters()) == from_rows


def test_session_cells_without_minutes_are_not_used_for_minute_steps(
    database: Database,
) -> None:
    window = windows(0)[-1]
    store(database, *reports(6))
    roll_up(database, ROLLED_AT)
    before = session_counts(database, window, Filters())
    with database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE session_hours SET started_by_minute = NULL WHERE t < '2026-03-02T06:00Z'"
        )
    assert session_counts(database, window, Filters()) == before


def test_a_late_abnormal_close_counts_immediately(database: Database) -> None:
    window = windows(0)[-1]
    store(database, report(session_id=UUID(int=1), period_end=NOON))
    roll_up(database, ROLLED_AT)
    late = NOON + timedelta(hours=5)
    store(database, report(session_id=UUID(int=1), period_end=late, abnormal_closes=1))
    assert abnormal(database, window) == 1
    ClientAggregator(database, lambda _: None).recount_sessions(NOON)
    assert abnormal(database, window) == 1
