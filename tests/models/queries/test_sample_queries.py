"""Queries about servers: sums, labels and processes, each compared with a few samples."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.database.engine import Database
from models.metrics.server_catalogue import OWN_SERVICE
from models.queries import sample_queries
from models.queries.performance_queries import PerformanceQueries
from models.queries.report_queries import snapshot
from models.queries.sample_queries import Rows, SampleScope
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from tests.support.clock import NOON
from tests.support.store.sample_factory import sample

HOUR = timedelta(hours=1)
START, END = NOON - HOUR, NOON
STEP = timedelta(minutes=30)


def ask(database: Database, name: str, *arguments: str, **scope: Any) -> Any:
    """What a query of a scope returns."""
    with snapshot(database) as connection:
        within = SampleScope(START, END, STEP, START, **scope)
        return getattr(PerformanceQueries(connection, within, OWN_SERVICE), name)(*arguments)


def store(database: Database, *samples: ServerSample) -> None:
    ServerSamples(database).insert(samples)


def at(minutes: float, **fields: Any) -> ServerSample:
    """A sample that ends so many minutes after the start."""
    return sample(period_end=START + timedelta(minutes=minutes), **fields)


def test_sums_are_per_step_of_a_half_open_range(database: Database) -> None:
    store(database, *(at(minutes, opened=2) for minutes in (-0.1, 0, 29.9, 30, 60)))
    steps = [(row["t"], row["samples"], row["opened"]) for row in ask(database, "sums")]
    assert steps == [(START, 2, 4), (START + STEP, 1, 2)]


def test_sums_are_of_an_app_and_a_service(database: Database) -> None:
    for service, app, opened in (("a", "portal", 1), ("a", "kiosk", 2), ("b", "portal", 4)):
        store(database, at(1, service=service, app=app, opened=opened))

    def opened_in(**scope: str) -> int:
        return sum(row["opened"] for row in ask(database, "sums", **scope))

    scopes: list[dict[str, str]] = [{}, {"app": "portal"}, {"service": "a"}, {"app": "' OR 1=1"}]
    assert [opened_in(**scope) for scope in scopes] == [7, 5, 3, 0]
    assert opened_in(app="portal", service="b") == 4


def test_connections_are_weighed_by_the_time_they_were_open(database: Database) -> None:
    store(database, at(1, active=10), at(1.5, active=4), at(2, app=None))
    (row,) = ask(database, "sums")
    assert (row["connection_seconds"], row["samples"]) == (70, 2)
    assert row["covered_seconds"] == 35


def test_labels_are_ranked_and_only_of_what_is_counted_by_label(database: Database) -> None:
    closed = {"1006/nobody": 2, "1000/client": 5}
    store(database, at(1, closed=closed), at(2, closed={"1006/nobody": 4}), at(3))
    assert ask(database, "labels", "closed") == [
        {"label": "1006/nobody", "count": 6},
        {"label": "1000/client", "count": 5},
    ]
    with pytest.raises(ValueError, match="is not counted by label"):
        ask(database, "labels", "by_type) --")


def test_kinds_of_messages_are_ranked_by_both_directions(database: Database) -> None:
    store(
        database, at(1, by_type={"chat": (3, 0), "ping": (1, 9)}), at(2, by_type={"chat": (4, 1)})
    )
    kinds = [(row["kind"], row["sent"], row["received"]) for row in ask(database, "kinds")]
    assert kinds == [("ping", 1, 9), ("chat", 7, 1)]


def test_lists_are_limited_to_the_largest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_queries, "MOST_LABELS", 1)
    monkeypatch.setattr(sample_queries, "MOST_ROOMS", 1)
    rooms = (("hall", 1, 2), ("yard", 1, 3))
    store(database, at(1, errors={"a": 1, "b": 2}, top_rooms=rooms))
    assert [row["label"] for row in ask(database, "labels", "errors")] == ["b"]
    assert [row["room"] for row in ask(database, "rooms")] == ["yard"]


def test_rooms_of_the_same_name_are_counted_by_app(database: Database) -> None:
    for app in ("kiosk", "portal"):
        store(database, at(1, app=app, top_rooms=(("hall", 3, 5),)))
    store(database, at(2, app="portal", top_rooms=(("hall", 3, 5), ("<b>", 1, 1))))
    rooms: Rows = ask(database, "rooms")
    counted = [(row["app"], row["room"], row["members"], row["messages"]) for row in rooms]
    # Nobody is there now: these samples are not of the last minutes.
    assert counted == [("portal", "hall", 0, 10), ("kiosk", "hall", 0, 5), ("portal", "<b>", 0, 1)]


def test_the_coarsest_source_samples_least_often(database: Database) -> None:
    assert ask(database, "coarsest_seconds") == 0
    rare = at(5, service="b", period_start=START + timedelta(minutes=4))
    store(database, at(1), at(2), rare)
    assert ask(database, "coarsest_seconds") == 60


def test_services_are_listed_whatever_the_filters(database: Database) -> None:
    store(database, at(1, service="b"), at(1), at(2), at(3, app=None), at(99, service="later"))
    expected = [{"service": name, "app": "portal"} for name in ("b", OWN_SERVICE)]
    assert ask(database, "services", app="none", service="none") == expected


def test_totals_are_listed_by_service_app_and_label(database: Database) -> None:
    store(database, at(1, opened=3, closed={"1006/nobody": 2}), at(2, app=None, cpu_ms=7))
    with snapshot(database) as connection:
        counted = {
            (row["app"], row["name"], row["label"]): row["value"]
            for row in sample_queries.totals(connection)
        }
    assert counted == {
        ("portal", "opened", ""): 3, ("portal", "closed", "1006/nobody"): 2, ("", "cpu_ms", ""): 7,
    }  # fmt: skip


def test_the_last_minute_is_that_of_the_database(database: Database) -> None:
    now = datetime.now(UTC)
    for seconds, app in ((5, "portal"), (5, "kiosk"), (90, "portal")):
        end = now - timedelta(seconds=seconds)
        store(database, sample(period_end=end, opened=3, app=app))
    assert ask(database, "opened_last_minute") == 6
    assert ask(database, "opened_last_minute", app="kiosk") == 3
