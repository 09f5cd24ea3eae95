"""Rows for exports: counted up to a limit, filtered, streamed from one snapshot."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.engine import Database
from models.raw.client_reports import client_reports
from models.raw.export_rows import (
    ExportRequest,
    ExportSource,
    count_up_to,
    estimated_rows,
    read_rows,
)
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
SOURCE = ExportSource(
    client_reports, "period_end", ("session_id", "page", "custom", "sent"), ("country", "page")
)
DAY = ExportRequest(NOON, NOON + 24 * HOUR)


def store(database: Database, number: int = 5) -> None:
    ClientReports(database).insert(
        [
            report(
                period_end=NOON + n * HOUR, sent=n, country=(None, "BR", "unknown")[n % 3],
                page=f"/'%(start)s {n}", custom={"cart": n + 0.5}, session_id=UUID(int=n + 1),
            )
            for n in range(number)
        ]
    )  # fmt: skip


def sent(database: Database, request: ExportRequest, batch: int = 2) -> list[list[int]]:
    with read_rows(database, SOURCE, request, batch) as batches:
        return [[row[3] for row in rows] for rows in batches]


def test_rows_come_in_batches_in_the_order_of_insertion(database: Database) -> None:
    store(database)
    assert sent(database, DAY) == [[0, 1], [2, 3], [4]]
    assert sent(database, DAY, 99) == [[0, 1, 2, 3, 4]]


def test_uuids_and_json_come_as_text(database: Database) -> None:
    store(database, 1)
    with read_rows(database, SOURCE, DAY, 9) as batches:
        ((session_id, page, custom, _),) = next(batches)
    assert (len(session_id), page, custom) == (36, "/'%(start)s 0", '{"cart": 0.5}')


def test_filters_select_rows_by_value(database: Database) -> None:
    store(database)
    cases: list[tuple[dict[str, str | None], list[int]]] = [
        ({"country": "BR"}, [1, 4]),
        ({"country": None}, [0, 2, 3]),  # stored as unknown, or not at all
        ({"country": "BR", "page": "/'%(start)s 4"}, [4]),
        ({"country": "' OR true --"}, []),
    ]
    for filters, expected in cases:
        request = ExportRequest(NOON, NOON + 24 * HOUR, filters)
        assert sent(database, request, 9) == ([expected] if expected else [])
        assert count_up_to(database, SOURCE, request, 9) == len(expected)


def test_a_range_has_its_start_and_not_its_end(database: Database) -> None:
    store(database)
    request = ExportRequest(NOON + HOUR, NOON + 3 * HOUR)
    assert sent(database, request, 9) == [[1, 2]]
    assert sent(database, ExportRequest(NOON + HOUR, NOON + HOUR)) == []


def test_a_column_that_is_no_filter_is_refused(database: Database) -> None:
    request = ExportRequest(NOON, NOON + HOUR, {"sent = 1 OR country": "BR"})
    with pytest.raises(ValueError, match="only country, page can be filtered"):
        count_up_to(database, SOURCE, request, 9)


def test_what_is_stored_meanwhile_is_not_in_the_export(database: Database) -> None:
    store(database, 4)
    with read_rows(database, SOURCE, DAY, 2) as batches:
        first = next(batches)
        store(database, 9)
        remaining = [row for rows in batches for row in rows]
    assert len(first) + len(remaining) == 4


def test_counting_stops_at_its_limit(database: Database) -> None:
    store(database)
    assert [count_up_to(database, SOURCE, DAY, most) for most in (3, 5, 99)] == [3, 5, 5]


def test_counting_that_takes_too_long_has_no_number(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.raw.export_rows.COUNT_MS", 1)
    slow = ExportSource(client_reports, "(SELECT now() FROM pg_sleep(0.1))", ("sent",), ())
    assert count_up_to(database, slow, DAY, 9) is None
    database.ping()


def test_the_estimate_is_a_number_of_rows(database: Database) -> None:
    store(database)
    assert estimated_rows(database, SOURCE, DAY) >= 1
