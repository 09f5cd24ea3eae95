"""The largest sessions of an hour do not depend on the portions its rows are read in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.rollups import client_aggregator
from analytics.rollups.client_aggregator import Cells, ClientAggregator
from analytics.rollups.client_cells import add_sessions
from models.database.engine import Database
from models.rollups import report_aggregates
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import fetch, roll_up, store


def test_sessions_of_an_hour_are_added_portion_by_portion(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, numbers = NOON - timedelta(hours=3), list[int]()
    store(
        database,
        *(
            report(
                (9.0 * n, 70.0), session_id=UUID(int=n % 7 + 1), drops=n,
                period_end=start + timedelta(minutes=n), country=("BR", "DE")[n % 2],
                sample_rate=1 / (1 + n % 3),
            )
            for n in range(60)
        ),
    )  # fmt: skip
    roll_up(database)
    aggregator = ClientAggregator(database, lambda _: None)

    def counted(cells: Cells, rows: Sequence[Sequence[Any]], *more: Any) -> None:
        numbers.append(len(rows))
        add_sessions(cells, rows, *more)

    monkeypatch.setattr(client_aggregator, "add_sessions", counted)
    stored = []
    for portion in (report_aggregates.BYTES_AT_ONCE, 200):
        monkeypatch.setattr(report_aggregates, "BYTES_AT_ONCE", portion)
        aggregator.roll_up_hour(start, from_scratch=True)
        stored.append(
            fetch(
                database,
                "SELECT dimension, value, app, largest_sessions FROM client_hours ORDER BY 1, 2, 3",
            )
        )
        of_hour, numbers[:] = numbers[:-1], []  # the last are those of its minutes
        assert max(of_hour) <= (60 if portion > 200 else 20)
    assert stored[0] == stored[1]
    assert {len(row[3]) for row in stored[0]} != {0}
