"""Moments of a day equal those of its reports, computed session by session; rebuilt, the same."""

from collections.abc import Iterable, Iterator, Sized
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from analytics.query.read_plan import DAY, floor_to
from analytics.rollups.catch_up import catch_up
from analytics.rollups.moments import moment_cells
from analytics.rollups.rebuild import rebuild
from analytics.stats.session_moments import SESSIONS, unpacked
from models.database.engine import Database
from models.metrics.dimensions import PAIR_SIDES, PAIRS, SPLIT_BY, pair_dimension, pair_value
from models.raw.client_reports import ClientReport
from models.rollups import report_aggregates, rollup_store
from models.rollups.moments.session_moments import client_moment_days
from models.rollups.pair_aggregates import TopValues
from models.rollups.tracked_values import TrackedValues
from tests.support.clock import NOON
from tests.support.store import moment_truth
from tests.support.store.moment_truth import Floats
from tests.support.store.report_factory import report, robots_like
from tests.support.store.rollup_truth import RETENTION, fetch, spread, store

TODAY = floor_to(NOON, DAY)
Key = tuple[str, str, datetime, str]
STORED = (
    "SELECT dimension, value, t, app, sessions, moments FROM client_moment_days "
    "ORDER BY dimension, value, t, app"
)


def stored(database: Database) -> dict[Key, Floats]:
    cells: dict[Key, Floats] = {}
    row: tuple[str, str, datetime, str, int, memoryview]
    for row in fetch(database, STORED):
        dimension, value, t, app, sessions, blob = row
        (moments,) = unpacked([bytes(blob)], np.zeros(1, dtype=np.int64), 1)
        assert moments[SESSIONS] == sessions
        cells[dimension, value, t, app] = moments
    return cells


def keys_of(each: ClientReport) -> Iterator[tuple[str, str]]:
    def value(name: str) -> str:
        return getattr(each, name) or "unknown"

    yield "", ""
    for name in SPLIT_BY:
        yield name, value(name)
    for first, second in PAIRS:
        yield pair_dimension((first, second)), pair_value(value(first), value(second))


def assert_equal(cells: dict[Key, Floats], reports: Iterable[ClientReport]) -> None:
    truth: dict[Key, list[tuple[UUID, ClientReport]]] = {}
    for each in reports:
        day = floor_to(each.period_end, DAY)
        for dimension, value in keys_of(each) if day < TODAY else ():
            key = dimension, value, day, each.app
            truth.setdefault(key, []).append((each.session_id, each))
    assert cells.keys() == truth.keys()
    for cell, of_cell in truth.items():
        expected = moment_truth.moments_of(of_cell)
        np.testing.assert_allclose(cells[cell], expected, rtol=1e-6, err_msg=str(cell))


def test_moments_are_those_of_the_sessions_of_a_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_aggregates, "BYTES_AT_ONCE", 2000)  # several portions
    reports = spread(240)
    store(database, *reports, *robots_like(reports))
    catch_up(database, NOON, RETENTION, lambda _: None)
    assert_equal(stored(database), reports)
    before = fetch(database, STORED)
    rebuild(database, lambda _: None)
    assert fetch(database, STORED) == before
    late = report((900.0,), period_end=TODAY - timedelta(hours=5), drops=9, country="BR", failed=3)
    store(database, late)
    catch_up(database, NOON + timedelta(hours=1), RETENTION, lambda _: None)
    assert_equal(stored(database), [*reports, late])
    with database.transaction() as connection:  # as on days that a version before rolled up
        rollup_store.forget(connection, client_moment_days, TODAY - DAY)
    assert not {key for key in stored(database) if key[2] < TODAY - DAY}
    catch_up(database, NOON + timedelta(hours=2), RETENTION, lambda _: None)
    assert_equal(stored(database), [*reports, late])


def test_values_beyond_the_limit_are_other_and_a_session_counts_once_in_it() -> None:
    tenures = TrackedValues()
    top = TopValues(["portal"], {name: [] for name in PAIR_SIDES})
    cells = moment_cells.DayCells(tenures, top, TODAY)
    session = UUID(int=7)
    values = ("DE", "4g", "Firefox 1", "1.0", "/", "BE")
    rows = [
        (session, "portal", *values, 1.0, *(0.0,) * 9, False, b""),
        (session, "portal", "FR", *values[1:], 1.0, *(0.0,) * 9, True, b""),
        (session, "kiosk", *values, 1.0, *(0.0,) * 9, False, b""),
    ]
    moments = cells.moments_of(rows)
    assert {key[:2] for key in moments} == {
        ("", ""),
        *((name, "other") for name in SPLIT_BY),
        *((pair_dimension(pair), pair_value("other", "other")) for pair in PAIRS),
    }
    assert {key[2]: each[SESSIONS] for key, each in moments.items()} == {"portal": 1, "other": 1}
    assert not cells.moments_of([])


def test_values_of_one_portion_take_no_memory_in_the_next() -> None:
    top = TopValues(["portal"], {name: [] for name in PAIR_SIDES})
    cells = moment_cells.DayCells(TrackedValues(), top, TODAY)
    sizes = []
    for portion in range(3):
        values = (f"invented {portion}", "4g", "Firefox 1", "1.0", "/", "BE")
        cells.moments_of([(UUID(int=portion), "portal", *values, 1.0, *(0.0,) * 9, False, b"")])
        sizes.append(sum(len(each) for each in vars(cells).values() if isinstance(each, Sized)))
    assert len({*sizes}) == 1
