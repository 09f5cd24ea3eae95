"""A session is erased from archived days, and from those on their way into the archive."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from analytics.archive import day_file, erasure
from analytics.archive.archive import Archive
from analytics.archive.fault import NotArchived
from analytics.archive.store import ArchiveFile, archive_files
from analytics.jobs import retention
from analytics.jobs.job import JobContext, NoArchive
from analytics.jobs.runner import LEASE
from models.database import partitions
from models.database.engine import Database
from models.database.leases import Leases
from models.operations.session_erasures import SessionErasures
from models.raw.report_insert import ClientReports
from settings import Settings
from tests.support.clock import NOON, Clock
from tests.support.store.report_factory import report

ERASED, OTHER, LONE = (UUID(int=number) for number in (1, 2, 3))
OLD = NOON - timedelta(days=40)


@pytest.fixture
def context(database: Database, clock: Clock, tmp_path: Path) -> JobContext:
    partitions.drop_before(database, "client_reports", (NOON - timedelta(days=2)).date())
    lease = Leases(database).take(LEASE, "test", 60)
    assert lease is not None
    settings = Settings(data_dir=tmp_path, archive_dir=tmp_path / "archive")
    return JobContext(database, settings, clock, lease, Archive(tmp_path / "archive"))


def files(context: JobContext) -> list[ArchiveFile]:
    assert context.settings.archive_dir is not None
    return [
        file for file in archive_files(context.settings.archive_dir)
        if file.table == "client_reports"
    ]  # fmt: skip


def insert(database: Database) -> None:
    """A day with two sessions, and the day before with one."""
    reports = [report(session_id=each, period_end=OLD) for each in (ERASED, OTHER, ERASED)]
    lone = report(session_id=LONE, period_end=OLD - timedelta(days=1))
    ClientReports(database).insert([*reports, lone])


def erase(database: Database, *sessions: UUID) -> None:
    for session_id in sessions:
        SessionErasures(database).erase(session_id, (), NOON)


def test_archived_rows_go_and_the_others_are_restored(
    context: JobContext, database: Database
) -> None:
    insert(database)
    retention.step(context)
    before = {file.path.name for file in files(context)}
    erase(database, ERASED, LONE)
    retention.step(context)
    (left,) = files(context)  # no row of the other day was left
    assert before > {left.path.name}
    metadata = day_file.read_metadata(left.path)
    assert metadata.checksum.rows == 1
    assert day_file.values_of(left.path, "session_id") == {str(OTHER)}
    assert Archive(left.path.parent.parent).restore(database, OLD.date(), lambda _: None) == 1
    assert SessionErasures(database).pending() == []


def test_a_day_that_was_brought_back_is_searched_again(
    context: JobContext, database: Database
) -> None:
    insert(database)
    retention.step(context)
    erase(database, ERASED)
    archive = context.archive
    assert isinstance(archive, Archive)
    archive.restore(database, OLD.date(), lambda _: None)
    retention.step(context)
    assert sessions_of(database, "client_reports") == {OTHER}


def test_a_day_on_its_way_into_the_archive_is_searched_too(
    context: JobContext, database: Database
) -> None:
    insert(database)
    partitions.detach(database, "client_reports", OLD.date())
    (detached,) = partitions.detached(database, "client_reports")
    erase(database, ERASED)
    assert sessions_of(database, detached.name) == {ERASED, OTHER}
    SessionErasures(database).erase_again([ERASED])
    assert sessions_of(database, detached.name) == {OTHER}
    partitions.drop(database, detached)


def test_without_an_archive_nothing_is_written_again() -> None:
    assert NoArchive().erase([ERASED]) == 0


def test_a_damaged_file_is_named_and_tried_again(context: JobContext, database: Database) -> None:
    insert(database)
    retention.step(context)
    erase(database, OTHER)
    damaged = files(context)[-1].path
    damaged.write_bytes(b"PAR1")
    with pytest.raises(NotArchived, match=damaged.name):
        erasure.erase(damaged.parent.parent, [OTHER])
    with pytest.raises(retention.Incomplete, match="cannot be written again"):
        retention.step(context)
    assert SessionErasures(database).pending() == [OTHER]


def sessions_of(database: Database, table: str) -> set[UUID]:
    with database.transaction() as connection:
        return set(connection.execute(text(f'SELECT session_id FROM "{table}"')).scalars())
