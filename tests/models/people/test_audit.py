"""The audit trail: entries are only ever added, and read newest first."""

from datetime import timedelta

from models.database.engine import Database
from models.people.audit import Audit, AuditEntry
from tests.support.clock import NOON


def entry(number: int = 0, action: str = "added person") -> AuditEntry:
    detail = {"role": ["analyst", "admin"], "note": "<script>\u2028"}
    return AuditEntry(NOON - timedelta(minutes=number), "ada", action, f"ben {number}", detail)


def test_entries_are_read_as_recorded_the_newest_first(database: Database) -> None:
    trail = Audit(database)
    for number in range(3):
        trail.record(entry(number))
    assert trail.latest() == [entry(2), entry(1), entry(0)]
    assert trail.latest(1) == [entry(2)]


def test_an_action_is_there_only_when_it_is_spelled_alike(database: Database) -> None:
    trail = Audit(database)
    assert not trail.has("added person")
    trail.record(entry())
    assert [trail.has(action) for action in ("added person", "added", "%")] == [True, False, False]


def test_the_trail_can_only_grow() -> None:
    changes = {name for name in vars(Audit) if not name.startswith("_")}
    assert changes == {"record", "has", "latest"}
