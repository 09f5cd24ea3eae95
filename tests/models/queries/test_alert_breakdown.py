"""Sums split by a part of a label, from raw rows and from cells: the same amounts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from models.database.engine import Database
from models.metrics.dimensions import SEPARATOR
from models.queries.alert_breakdown import Rows, raw_breakdown, rollup_breakdown
from models.queries.alert_windows import WindowQuery
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

HOUR = timedelta(hours=1)
START = NOON - 2 * HOUR
CLOSED = SEPARATOR.join(("closed", "", ""))


def query(source: str = "client", **fields: Any) -> WindowQuery:
    defaults: dict[str, Any] = {
        "dimensions": (), "sums": (), "durations": (), "start": START, "end": NOON, "step": HOUR,
    }  # fmt: skip
    return WindowQuery(source, **defaults | fields)


def read(database: Database, windows: WindowQuery, name: str, part: int = 0) -> Rows:
    with database.transaction() as connection:
        return raw_breakdown(connection, windows, name, part)


def store(database: Database, *values: dict[str, Any]) -> None:
    reports = [report(period_end=START + each.pop("at", 0) * HOUR, **each) for each in values]
    ClientReports(database).insert(reports)


def test_the_most_frequent_label_comes_first(database: Database) -> None:
    codes: list[dict[str, int]] = [{"1006": 1, "1000": 90}, {"1006": 2}, {"1011": 0}]
    store(database, *({"close_codes": each} for each in codes))
    counted = read(database, query(), "close_codes")
    assert counted == [(0, 1.0, "1006", 3.0), (0, 1.0, "1000", 90.0)]


def test_labels_are_counted_apart_within_each_value_and_step(database: Database) -> None:
    code = {"1006": 2}
    store(
        database,
        {"country": "BR", "close_codes": code},
        {"country": "BR", "close_codes": code, "at": 1},
        {"close_codes": code, "sample_rate": 0.5},
    )
    counted = read(database, query(dimensions=("country",)), "close_codes")
    assert counted[-1] == (0, 0.5, "unknown", "1006", 2.0)
    assert sorted(map(tuple, counted[:2])) == [
        (0, 1.0, "BR", "1006", 2.0),
        (1, 1.0, "BR", "1006", 2.0),
    ]


def test_only_so_many_label_sets_are_read(database: Database) -> None:
    store(database, {"close_codes": {"1006": 1, "1000": 1}}, {"close_codes": {"1006": 1}})
    assert read(database, query(most=1), "close_codes") == [(0, 1.0, "1006", 2.0)]


@pytest.mark.parametrize(
    ("part", "expected"),
    [(0, {"1006": 3.0, "1000": 4.0}), (1, {"nobody": 1.0, "server": 2.0, "client": 4.0})],
)
def test_servers_labels_are_split_by_either_part(
    database: Database, part: int, expected: dict[str, float]
) -> None:
    closed = {"1006/nobody": 1, "1006/server": 2, "1000/client": 4}
    ServerSamples(database).insert([sample(closed=closed)])
    counted = read(database, query("server"), CLOSED, part)
    assert {row[2]: row[3] for row in counted} == expected


def test_cells_have_the_weighted_amounts_of_the_reports(database: Database) -> None:
    br = {"country": "BR", "close_codes": {"1006": 2, "1000": 1}}
    store(database, br, br | {"sample_rate": 0.5}, {"close_codes": {"1006": 1}, "at": 1})
    roll_up(database, NOON + HOUR)
    windows = query(dimensions=("country",))
    with database.transaction() as connection:
        cells = rollup_breakdown(connection, windows, "close_codes", 0)
        rows = raw_breakdown(connection, windows, "close_codes", 0)
    weighted: dict[Any, float] = {}
    for step, rate, country, code, count in rows:
        weighted[step, country, code] = weighted.get((step, country, code), 0) + count / rate
    assert {(r[0], r[2], r[3]): r[4] for r in cells} == weighted
    assert weighted[0, "BR", "1006"] == 6


def test_a_sum_in_no_map_has_no_parts(database: Database) -> None:
    def read_sent(connection: Connection) -> None:
        raw_breakdown(connection, query(), "sent", 0)

    with database.transaction() as connection, pytest.raises(LookupError):
        read_sent(connection)
