"""States of sessions by the minute: without a connection, silent, left; with late reports."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.query.engine import Engine
from analytics.query.query import Query, SeriesSource
from analytics.query.read_plan import HOUR, MINUTE, floor_to
from analytics.query.series import SERIES
from analytics.ranges.timerange import TimeRange
from analytics.rollups import client_rollup, rollup_round, state_cells
from analytics.rollups.client_aggregator import ClientAggregator
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from models.rollups import rollup_state
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import RETENTION, cells, fetch, store
from tests.support.store.state_truth import HEARD, SILENT, WITHOUT, counted, states_of

METRICS = tuple(SERIES[f"client_{name}"].formula for name in (WITHOUT, SILENT))
SILENT_PAGE, LEFT_PAGE = UUID(int=1), UUID(int=2)


def beats(session: int, minutes: range, **fields: Any) -> list[ClientReport]:
    """A report a minute, 20 s before its end."""
    return [
        report(period_end=NOON + MINUTE * n - timedelta(seconds=20), session_id=UUID(int=session),
               country=("BR", "DE")[session % 2], **{"open_losses": 0, **fields})
        for n in minutes
    ]  # fmt: skip


OUTAGE = [
    *beats(1, range(-70, -30)),  # falls silent half an hour before noon
    *beats(2, range(-70, -45)), *beats(2, range(-45, -44), leaving=True),
    *beats(3, range(-70, -20)), *beats(3, range(-20, 0), open_losses=2),
    *beats(4, range(-70, 0), open_losses=None),  # a monitor before 2.0
]  # fmt: skip
LATE = beats(1, range(-30, -25), open_losses=1)


def roll_up_at(database: Database, moment: datetime) -> None:
    client_rollup.run(ClientAggregator(database, lambda _: None), moment, RETENTION)


def by_minute(database: Database, **filters: str) -> dict[str, list[float]]:
    window = TimeRange(NOON - HOUR, NOON)
    query = Query(
        source=SeriesSource.CLIENT, metrics=METRICS, window=window,
        filters={name: (value,) for name, value in filters.items()},
    )  # fmt: skip
    with snapshot(database) as connection:
        engine = Engine(connection)
        arrays = engine.arrays(engine.plan(query))
    return {name: arrays.sums[name][0].tolist() for name in (HEARD, WITHOUT, SILENT)}


def expected(reports: list[ClientReport], **filters: str) -> dict[str, list[float]]:
    figures = counted(
        states_of(reports),
        lambda moment: (moment - NOON + HOUR) // MINUTE if moment >= NOON - HOUR else None,
        lambda each: () if all(getattr(each, n) == v for n, v in filters.items()) else None,
    )
    return {
        name: [float(figures.get(((), n), {}).get(name, 0)) for n in range(60)]
        for name in (HEARD, WITHOUT, SILENT)
    }


def test_an_outage_shows_by_the_minute_whenever_it_is_rolled_up(database: Database) -> None:
    store(database, *OUTAGE)
    assert by_minute(database) == expected(OUTAGE)
    for minutes in (-50, -49, -28, -27, -10, 0):
        roll_up_at(database, NOON + MINUTE * minutes)
        assert by_minute(database) == expected(OUTAGE)
        assert by_minute(database, country="DE") == expected(OUTAGE, country="DE")
    assert max(by_minute(database)[SILENT]) == max(by_minute(database)[WITHOUT]) == 1


def test_what_is_behind_by_days_is_made_an_hour_a_commit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(database, *OUTAGE)
    began = floor_to(NOON + MINUTE * -70, HOUR)
    monkeypatch.setattr(rollup_round, "LONGEST_SECONDS", 0.0)
    for hours in range(1, 4):
        roll_up_at(database, NOON + HOUR * 36)
        with snapshot(database) as connection:
            until = rollup_state.states_until(connection, state_cells.SOURCE)
        assert until == began + HOUR * hours
    assert by_minute(database) == expected(OUTAGE)
    monkeypatch.undo()
    roll_up_at(database, NOON + HOUR * 36)
    assert by_minute(database) == expected(OUTAGE)


def test_late_reports_change_the_minutes_after_them(database: Database) -> None:
    store(database, *OUTAGE)
    roll_up_at(database, NOON)
    store(database, *LATE)
    assert by_minute(database) == expected(OUTAGE + LATE)
    roll_up_at(database, NOON)
    assert by_minute(database) == expected(OUTAGE + LATE)
    hours = "SELECT * FROM session_state_hours ORDER BY dimension, value, t, app"
    roll_up_at(database, NOON + MINUTE * 3)
    before = fetch(database, hours)
    assert before
    database_of_all = ClientAggregator(database, lambda _: None)
    minutes = cells(database)["session_state_minutes"]
    database_of_all.roll_up_hour(NOON - HOUR, from_scratch=True)
    assert (fetch(database, hours), cells(database)["session_state_minutes"]) == (before, minutes)


def test_a_minute_in_which_nobody_reports_is_counted_too(database: Database) -> None:
    store(database, *OUTAGE)
    roll_up_at(database, NOON - MINUTE)
    roll_up_at(database, NOON + MINUTE * 6)
    silent = fetch(database, "SELECT sum(silent) FROM session_state_minutes WHERE dimension = ''")
    assert silent == [(_silent_minutes(),)]
    with database.transaction() as connection:
        until = rollup_state.states_until(connection, state_cells.SOURCE)
    assert until == NOON + MINUTE * 6


def _silent_minutes() -> int:
    moments = [at for _, at, state in states_of(OUTAGE) if state == SILENT]
    return sum(NOON - HOUR <= at - MINUTE < NOON + MINUTE * 6 for at in moments)


@pytest.mark.parametrize("name", ["without_connection", "silent_sessions"])
def test_a_state_is_the_mean_number_of_sessions(database: Database, name: str) -> None:
    store(database, *OUTAGE)
    window = TimeRange(NOON - HOUR, NOON)
    query = Query(source=SeriesSource.CLIENT, metrics=METRICS, window=window)
    with snapshot(database) as connection:
        engine = Engine(connection)
        arrays = engine.arrays(engine.plan(query)).over_range()
    sums = sum(expected(OUTAGE)[name])
    assert arrays.sums[name][0, 0] / arrays.sums["state_minutes"][0, 0] == sums / 60
