"""Requests share commits, and nobody waits long for a store that does not answer."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from ingest.reception import GroupCommit, StoreBusy
from models.database import Database
from models.report_insert import ClientReports, Stored
from tests.reports_factory import report as a_report


class Frozen(ClientReports):
    """A store that does not answer until it is thawed."""

    def __init__(self) -> None:
        self.thawed = threading.Event()

    def insert(self, _reports: Any) -> Stored:
        self.thawed.wait(10)
        return Stored(frozenset())


def test_a_frozen_store_keeps_nobody_waiting() -> None:
    store = Frozen()
    commit = GroupCommit(store, patience_seconds=0.05)
    with pytest.raises(StoreBusy, match="in time"):
        commit.commit([a_report()])
    assert commit.state().waiting == 1
    store.thawed.set()
    commit.close()


def test_the_queue_before_a_frozen_store_is_bounded() -> None:
    store = Frozen()
    commit = GroupCommit(store, patience_seconds=0.02)
    many = [a_report()] * 3000
    refusals = []
    for _ in range(8):
        with pytest.raises(StoreBusy) as caught:
            commit.commit(many)
        refusals.append(str(caught.value))
    assert "too many" in refusals[-1]
    store.thawed.set()


def test_requests_side_by_side_share_commits(database: Database) -> None:
    commit, outcomes = GroupCommit(ClientReports(database)), []
    posts = [a_report() for _ in range(40)]
    threads = [
        threading.Thread(target=lambda r=r: outcomes.append(commit.commit([r, r]))) for r in posts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    commit.close()
    assert [len(outcome.accepted) for outcome in outcomes] == [1] * 40
    with database.transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM client_reports")).scalar() == 40
