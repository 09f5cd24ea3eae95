"""Cells of any kind: recomputed ones replace those of the same key, others stay."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.database.engine import Database
from models.rollups import rollup_store
from models.rollups.server_rollups import worker_minutes
from tests.support.clock import NOON
from tests.support.store.postgres import rows

MINUTE = timedelta(minutes=1)


def cell(minutes: int = 0, **fields: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "service": "s", "instance": "one", "t": NOON + minutes * MINUTE, "samples": 1,
        "sampled_us": 2, "cpu_ms": 3, "cpu_us": 4, "active_us": 5, "messages": 6,
        "memory_bytes": None, "descriptors": 7, "loop_lag": b"\x00\xff\\'", "loop_lag_sum_us": 8,
    }  # fmt: skip
    return defaults | fields


def store(database: Database, *cells: dict[str, Any]) -> int:
    with database.transaction() as connection:
        return rollup_store.upsert(connection, worker_minutes, cells)


def stored(database: Database, start: datetime = NOON, minutes: int = 99) -> list[dict[str, Any]]:
    with database.transaction() as connection:
        end = start + minutes * MINUTE
        cells = rollup_store.cells(connection, worker_minutes, start, end)
    return sorted(({**c, "loop_lag": bytes(c["loop_lag"])} for c in cells), key=lambda c: c["t"])


def test_a_cell_is_read_as_it_was_stored(database: Database) -> None:
    assert store(database, cell()) == 1
    assert stored(database) == [cell()]


def test_a_recomputed_cell_replaces_the_former_cell_completely(database: Database) -> None:
    store(database, cell(0), cell(1))
    again = cell(0, samples=9, memory_bytes=10, descriptors=None, loop_lag=b"")
    store(database, again)
    assert stored(database) == [again, cell(1)]


def test_more_cells_than_fit_into_a_statement_are_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollup_store, "ROWS_AT_ONCE", 2)
    assert store(database, *(cell(number) for number in range(5))) == 5
    assert len(stored(database)) == 5


def test_no_cells_are_no_statement(database: Database) -> None:
    assert store(database) == 0


def test_hostile_names_are_stored_as_they_are(database: Database) -> None:
    names = ["'; DROP TABLE worker_minutes; --", "\u2028é😀", '"\\']
    cells = [cell(number, instance=name) for number, name in enumerate(names)]
    store(database, *cells)
    assert stored(database) == cells


def test_cells_of_a_range_are_cleared_and_old_ones_forgotten(database: Database) -> None:
    store(database, *(cell(number) for number in range(5)))
    with database.transaction() as connection:
        rollup_store.clear(connection, worker_minutes, NOON + 2 * MINUTE, NOON + 4 * MINUTE)
        assert rollup_store.forget(connection, worker_minutes, NOON + MINUTE) == 1
        assert rollup_store.first_of(connection, "worker_minutes") == NOON + MINUTE
    assert stored(database) == [cell(1), cell(4)]


def test_an_empty_table_has_no_first_cell(database: Database) -> None:
    with database.transaction() as connection:
        assert rollup_store.first_of(connection, "worker_minutes") is None
        assert rollup_store.first_total(connection, "client_minutes") is None
    assert rows(database, "SELECT 1 FROM worker_minutes") == []
