"""Requests share commits, and time out when the store does not respond."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from ingest.collector import StoreBusy, WriteBuffer
from models.database.engine import Database
from models.raw.report_insert import ClientReports, StoredBatch
from tests.support.store.report_factory import report as a_report


class Frozen(ClientReports):
    """A store that blocks until it is thawed."""

    def __init__(self) -> None:
        self.thawed = threading.Event()

    def insert(self, _reports: Any) -> StoredBatch:
        self.thawed.wait(10)
        return StoredBatch(frozenset())

    def conflicts(self, _reports: Any) -> frozenset[int]:
        return frozenset()


def side_by_side(times: int, post: Callable[[], None]) -> None:
    threads = [threading.Thread(target=post) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_frozen_store_times_out() -> None:
    store = Frozen()
    buffer = WriteBuffer(store, timeout_seconds=0.05)
    with pytest.raises(StoreBusy, match="in time"):
        buffer.commit([a_report()])
    assert buffer.state().waiting == 1
    store.thawed.set()
    buffer.close()


def test_the_queue_before_a_frozen_store_is_bounded() -> None:
    store, begin = Frozen(), threading.Barrier(8)
    refusals: list[str] = []
    buffer = WriteBuffer(store, timeout_seconds=1.5)

    def post() -> None:
        begin.wait()
        with pytest.raises(StoreBusy) as caught:
            buffer.commit(reports)
        refusals.append(str(caught.value))

    reports = [a_report()] * 3000
    side_by_side(8, post)
    assert sum("too many" in refusal for refusal in refusals) == 2
    store.thawed.set()


def test_timed_out_reports_leave_the_buffer() -> None:
    store = Frozen()
    buffer = WriteBuffer(store, timeout_seconds=0.1)

    def post() -> None:
        with pytest.raises(StoreBusy):
            buffer.commit([a_report()] * 3000)

    side_by_side(4, post)
    assert buffer.state().waiting == 3000  # the one in the store's hand
    store.thawed.set()


def test_concurrent_requests_share_commits(database: Database) -> None:
    buffer, outcomes = WriteBuffer(ClientReports(database)), []
    posts = [a_report() for _ in range(40)]
    side_by_side(40, lambda: outcomes.append(buffer.commit([posts.pop()] * 2)))
    buffer.close()
    assert [len(outcome.accepted) for outcome in outcomes] == [1] * 40
    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM client_reports")).scalar() == 40
