"""What knocks is hostile: bounded in memory and in the store, and one sender drives nobody off."""

from typing import Any

import pytest

from ingest.collector.receipts import Received, Rejection
from ingest.http.problems import TooManyRequests, Unauthorized
from ingest.knocks.allowed import Allowed
from ingest.knocks.knock_log import (
    MOST_KEYS,
    NEW_PER_SENDER,
    REPEAT_SECONDS,
    KnockLog,
    steps,
)
from ingest.proxies.mismatch import LONGEST, OtherOrigin, mismatch_of
from models.database.engine import Database, DatabaseAway
from models.operations.allowed_origins import REPORTS, AllowedOrigin, AllowedOrigins
from models.operations.knocks import Knock
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store import report_factory

PAGE = {"wsgi.url_scheme": "http", "HTTP_HOST": "h", "HTTP_ORIGIN": "https://portal.example"}


class Shelf:
    """A store in memory, away while `is_away`."""

    def __init__(self) -> None:
        self.rows: list[Knock] = []
        self.is_away = False

    def add(self, rows: list[Knock]) -> None:
        if self.is_away:
            raise DatabaseAway("away")
        self.rows += rows

    def prune(self, _now: object) -> None:
        """Nothing is old."""


def log_over(shelf: Any) -> tuple[KnockLog, list[float]]:
    seconds = [0.0]
    return KnockLog(shelf, Clock(), lambda: seconds[0]), seconds


def refuse(log: KnockLog, origin: str, address: str = "203.0.113.9") -> None:
    environ = PAGE | {"HTTP_ORIGIN": origin, "REMOTE_ADDR": address}
    mismatch = mismatch_of(environ, Settings())
    log.page_refused(environ, OtherOrigin(mismatch, "post reports", "METRICS_ALLOWED_ORIGINS"))


def test_a_new_caller_is_stored_at_the_next_flush_others_later() -> None:
    shelf = Shelf()
    log, seconds = log_over(shelf)
    for _ in range(2):
        refuse(log, "https://portal.example")
    log.flush()
    (row,) = shelf.rows
    assert (row.caller, row.refusal, row.count) == ("https://portal.example", "origin", 2)
    assert "METRICS_ALLOWED_ORIGINS" in row.detail
    refuse(log, "https://portal.example")
    log.flush()
    assert len(shelf.rows) == 1
    seconds[0] = REPEAT_SECONDS
    log.flush()
    assert len(shelf.rows) == 2


def test_a_sender_brings_a_few_new_callers_and_many_bring_no_more_than_the_bound() -> None:
    shelf = Shelf()
    log, _ = log_over(shelf)
    for number in range(100):
        refuse(log, f"https://{number}.example")
    log.flush()
    assert len(shelf.rows) == NEW_PER_SENDER
    for number in range(1000):
        refuse(log, f"https://x{number}.example", f"198.51.{number // 250}.{number % 250}")
    log.flush()
    assert len(shelf.rows) == NEW_PER_SENDER + MOST_KEYS


def test_texts_are_cut() -> None:
    shelf = Shelf()
    log, _ = log_over(shelf)
    refuse(log, "https://" + "\x1b" * 9 + "x" * 5000)
    log.flush()
    (row,) = shelf.rows
    assert len(row.caller) <= LONGEST
    assert row.caller.isprintable()


def test_nothing_is_lost_while_the_store_is_away() -> None:
    shelf = Shelf()
    log, _ = log_over(shelf)
    refuse(log, "https://a.example")
    shelf.is_away = True
    with pytest.raises(DatabaseAway):
        log.flush()
    shelf.is_away = False
    refuse(log, "https://a.example")
    log.finish()
    assert [row.count for row in shelf.rows] == [2]


def test_reports_say_sockets_round_trips_and_blindness() -> None:
    shelf = Shelf()
    log, _ = log_over(shelf)
    report = report_factory.report(
        app="portal", opened=2, latency_counts=(1, 2), latency_buckets=(1, 2),
        may_be_blind=("worker", "frame"), protocol="phoenix",
    )  # fmt: skip
    log.page_reports(PAGE, Received(NOON, [Rejection(1, "app", "must be text")], [report]))
    log.page_refused(PAGE, Unauthorized("The ingest key is missing."))
    log.server_refused(PAGE, TooManyRequests("Later.", retry_after=1))
    log.socket_refused(PAGE, TooManyRequests("Later.", retry_after=1))
    log.flush()
    stored, invalid, key, rate = shelf.rows
    assert (stored.app, stored.sockets, stored.round_trips) == ("portal", 2, 3)
    assert (stored.blind, stored.protocol) == ("worker,frame", "phoenix")
    assert (invalid.refusal, invalid.detail) == ("app", "app: must be text")
    assert (key.refusal, rate.source, rate.refusal) == ("key", "server", "rate")


def test_workers_read_whom_an_admin_allowed(database: Database) -> None:
    store = AllowedOrigins(database)
    allowed = Allowed(store)
    step = steps(lambda: None, allowed.refresh)
    assert not allowed.reports()
    assert store.add(AllowedOrigin(REPORTS, "https://a.example:443", NOON, "ada"))
    step()
    assert allowed.reports() == {"https://a.example:443"}
    assert not allowed.sockets()
    assert store.remove(REPORTS, "https://a.example:443")
    step()
    assert not allowed.reports()
