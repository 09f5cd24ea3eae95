"""The queue of exports: limits, one worker per export, progress only of what is being prepared."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from models.database.engine import Database
from models.operations.exports import (
    FAILED,
    PREPARING,
    READY,
    STALE_AFTER,
    WAITING,
    Export,
    ExportQueue,
    TooManyExports,
)
from tests.support.clock import NOON

DAY = timedelta(days=1)
MOST = 50


def confirmed(_connection: Connection) -> None:
    """The lease is ours."""


def refused(_connection: Connection) -> None:
    raise PermissionError


def export(minutes: int = 0, **fields: Any) -> Export:
    defaults: dict[str, Any] = {
        "id": uuid4(), "owner": "ada", "dataset": "client-reports",
        "start": NOON, "end": NOON + DAY,
        "filters": {"country": None, "page": '/a"'}, "state": WAITING, "rows_expected": 9,
        "rows_done": 0, "text_bytes": None, "file_bytes": None, "fault": None,
        "requested_at": NOON + timedelta(minutes=minutes), "heartbeat_at": None,
        "finished_at": None,
    }  # fmt: skip
    return Export(**defaults | fields)


def queue(database: Database, *queued: Export) -> ExportQueue:
    exports = ExportQueue(database)
    for each in queued:
        exports.enqueue(each, MOST, MOST)
    return exports


def claimed_ids(exports: ExportQueue, seconds: float = 0) -> UUID | None:
    claimed = exports.claim(NOON + timedelta(seconds=seconds), confirmed)
    return None if claimed is None else claimed.id


def test_an_export_is_read_as_it_was_queued(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    assert exports.find(queued.id) == queued
    assert exports.find(uuid4()) is None
    assert exports.ids() == {queued.id}


def test_the_oldest_is_claimed_first_and_by_nobody_else(database: Database) -> None:
    young, old = export(5), export(1)
    exports = queue(database, young, old)
    assert [claimed_ids(exports) for _ in range(3)] == [old.id, young.id, None]
    assert exports.find(old.id) == replace(old, state=PREPARING, heartbeat_at=NOON)


def test_workers_at_the_same_time_claim_different_exports(database: Database) -> None:
    exports = queue(database, *(export(n) for n in range(3)))
    start, claimed = Barrier(3), []

    def work() -> None:
        start.wait()
        claimed.append(claimed_ids(exports))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [export_id for export_id in claimed if export_id is not None]
    assert len(set(taken)) == len(taken) >= 1


def test_an_abandoned_export_begins_again(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    claimed_ids(exports)
    exports.progress(queued.id, 5, NOON + timedelta(seconds=1), confirmed)
    stale = STALE_AFTER.total_seconds() + 1
    assert claimed_ids(exports, stale) is None
    again = exports.claim(NOON + timedelta(seconds=stale + 0.1), confirmed)
    assert again is not None
    assert (again.id, again.rows_done) == (queued.id, 0)


def test_only_open_exports_count_against_the_limits(database: Database) -> None:
    mine, theirs = export(), export(1, owner="ben")
    exports = queue(database, mine, theirs)
    with pytest.raises(TooManyExports, match="1 of your exports are being prepared"):
        exports.enqueue(export(), 1, 9)
    with pytest.raises(TooManyExports, match=r"^2 exports are being prepared"):
        exports.enqueue(export(owner="eve"), 1, 2)
    claimed_ids(exports)
    exports.fail(mine.id, "disk full", NOON, confirmed)
    exports.enqueue(export(), 1, 2)


def test_progress_is_of_an_export_that_is_being_prepared(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    outcomes = [exports.progress(queued.id, 5, NOON, confirmed)]
    claimed_ids(exports)
    outcomes.append(exports.progress(queued.id, 5, NOON, confirmed))
    exports.remove(queued.id)
    outcomes.append(exports.progress(queued.id, 6, NOON, confirmed))
    assert outcomes == [False, True, False]


def test_a_finished_export_stays_as_it_is(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    claimed_ids(exports)
    sizes = {"rows": 9, "text_bytes": 900, "file_bytes": 90}
    assert exports.ready(queued.id, **sizes, now=NOON + DAY, confirm=confirmed)
    assert not exports.fail(queued.id, "late", NOON, confirmed)
    stored = exports.find(queued.id)
    assert stored is not None
    assert (stored.state, stored.is_open, stored.fault) == (READY, False, None)
    assert (stored.rows_done, stored.text_bytes, stored.finished_at) == (9, 900, NOON + DAY)
    assert exports.file_bytes() == 90


def test_a_failed_export_says_why(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    claimed_ids(exports)
    exports.fail(queued.id, "disk full", NOON, confirmed)
    stored = exports.find(queued.id)
    assert stored is not None
    assert (stored.state, stored.fault) == (FAILED, "disk full")
    assert exports.file_bytes() == 0


def test_whoever_lost_the_lease_changes_nothing(database: Database) -> None:
    queued = export()
    exports = queue(database, queued)
    with pytest.raises(PermissionError):
        exports.claim(NOON, refused)
    with pytest.raises(PermissionError):
        exports.forget(NOON + DAY, refused)
    assert exports.find(queued.id) == queued


def test_the_newest_are_listed_by_owner(database: Database) -> None:
    mine, theirs, newest = export(1), export(2, owner="ben"), export(3)
    exports = queue(database, newest, mine, theirs)
    assert exports.newest("ada", 9) == [newest, mine]
    assert exports.newest(None, 2) == [newest, theirs]
    assert exports.newest("' OR true --", 9) == []


def test_old_requests_are_forgotten(database: Database) -> None:
    old, new = export(0), export(1)
    exports = queue(database, old, new)
    assert exports.forget(new.requested_at, confirmed) == 1
    assert exports.ids() == {new.id}
