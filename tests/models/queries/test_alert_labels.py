"""Counts by label: the sum of all labels, of some, and the parts of a label."""

from typing import Any

import pytest
from sqlalchemy import text

from models.database.engine import Database
from models.metrics.dimensions import SEPARATOR
from models.queries.alert_labels import label_entries, total
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample


def label(*parts: str) -> str:
    return SEPARATOR.join(parts)


def summed(database: Database, source: str, sum_name: str) -> Any:
    expression, values = total(source, sum_name, "x")
    table = {"client": "client_reports", "server": "server_samples"}[source]
    with database.transaction() as connection:
        return connection.execute(text(f"SELECT {expression} FROM {table}"), values).scalar_one()


def test_codes_of_browsers_are_added_up(database: Database) -> None:
    codes: list[dict[str, int]] = [{"1006": 2, "1000": 1}, {"1006": 4, "1000": 3}, {}]
    ClientReports(database).insert([report(close_codes=each) for each in codes])
    expected = {"1006": 6, "1000": 4, "1011": None, "' OR true --": None}
    sums = {code: summed(database, "client", label("close_codes", code)) for code in expected}
    assert sums == expected
    assert summed(database, "client", label("close_codes")) == 10


def test_labels_of_servers_are_selected_by_their_parts(database: Database) -> None:
    closed = {"1006/nobody": 1, "1006/server": 2, "1011/client": 4, "1000/client": 8}
    kinds = {"chat/room": (16, 32), "ping": (0, 1)}
    ServerSamples(database).insert([sample(closed=closed, by_type=kinds, errors={"not-json": 7})])
    expected = {
        label("closed"): 15,
        label("closed", "1006", ""): 3,
        label("closed", "", "client"): 12,
        label("closed", "1000", "client"): 8,
        label("sent_by_type", "chat/room"): 16,  # a label of one part may contain a slash
        label("received_by_type"): 33,
        label("errors", "not-json"): 7,
    }
    assert {name: summed(database, "server", name) for name in expected} == expected


def test_a_missing_part_of_a_label_is_unknown(database: Database) -> None:
    ServerSamples(database).insert([sample(closed={"1006": 1, "1000/": 2, "1001/client": 4})])
    assert summed(database, "server", label("closed", "", "unknown")) == 3
    entries = label_entries("server", label("closed", "", ""), "x")
    statement = f"SELECT {entries.part(1)}, {entries.amount} FROM server_samples, {entries.entries}"
    with database.transaction() as connection:
        parts = sorted(tuple(row) for row in connection.execute(text(statement)))
    assert parts == [("client", 4.0), ("unknown", 1.0), ("unknown", 2.0)]


@pytest.mark.parametrize("source", ["client", "server"])
def test_a_sum_in_no_map_is_not_read(source: str) -> None:
    with pytest.raises(LookupError):
        total(source, label("nothing", "1006"), "x")
