"""Erasing a session is for admins, and stands in the audit trail."""

from uuid import UUID

import pytest

from analytics.exports.datasets import DATASETS
from analytics.operations.session_erasure import NAMING, Erasing
from analytics.permission.actor import SHELL, Actor, NotAllowed
from models.database.engine import Database
from models.people.audit import Audit
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON, Clock
from tests.support.store.report_factory import report

SESSION = UUID(int=7)


def test_an_admin_erases_and_the_trail_says_so(database: Database, clock: Clock) -> None:
    ClientReports(database).insert([report(session_id=SESSION, period_end=NOON)])
    erasing = Erasing(database, clock, has_archive=True)
    with pytest.raises(NotAllowed):
        erasing.erase(Actor("ada@example.com", "analyst"), SESSION)
    erased = erasing.erase(SHELL, SESSION)
    assert erased.archive == "pending"
    assert erased.removed == {"client_reports": 1, "sessions": 1}
    (entry,) = Audit(database).latest()
    assert (entry.actor, entry.action, entry.subject) == (
        SHELL.name,
        "erased session",
        str(SESSION),
    )


def test_files_of_every_dataset_that_names_sessions_go() -> None:
    naming = {name for name, each in DATASETS.items() if "session_id" in each.source.columns}
    assert naming == {*NAMING}
