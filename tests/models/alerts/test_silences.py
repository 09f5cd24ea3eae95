"""Silences: current and future ones, changed, limited in number, forgotten."""

from datetime import timedelta
from typing import Any

import pytest

from models.alerts import silences
from models.alerts.silences import Silences, TooManySilences
from models.database.engine import Database
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def values(**fields: Any) -> dict[str, Any]:
    defaults: dict[str, Any] = {
        "rule": "Slow", "labels": {"country": "BR"}, "starts_at": NOON, "ends_at": NOON + HOUR,
        "note": "maintenance",
    }  # fmt: skip
    return defaults | fields


def test_a_silence_is_read_as_it_was_added(database: Database) -> None:
    repository = Silences(database)
    added = repository.add(values(rule=None, labels={'a"': "<b>"}, note="'; --"), "ada", NOON)
    assert (added.rule, added.labels, added.note) == (None, {'a"': "<b>"}, "'; --")
    assert (added.created_by, added.created_at) == ("ada", NOON)
    assert repository.find(added.id) == added


def test_a_silence_counts_until_its_very_end(database: Database) -> None:
    repository = Silences(database)
    late = repository.add(values(starts_at=NOON + HOUR, ends_at=NOON + 2 * HOUR), "ada", NOON)
    early = repository.add(values(), "ada", NOON)
    assert repository.unexpired(NOON) == [early, late]
    assert repository.unexpired(NOON + HOUR) == [late]
    assert repository.unexpired(NOON + 2 * HOUR) == []


def test_a_change_leaves_who_made_it_and_when(database: Database) -> None:
    repository = Silences(database)
    added = repository.add(values(), "ada", NOON)
    changed = repository.replace(added.id, values(note="longer", ends_at=NOON + 3 * HOUR))
    assert changed is not None
    assert (changed.note, changed.ends_at, changed.created_by) == ("longer", NOON + 3 * HOUR, "ada")
    assert repository.find(added.id) == changed


def test_what_does_not_exist_is_answered_with_none(database: Database) -> None:
    repository = Silences(database)
    assert (repository.find(7), repository.remove(7), repository.replace(7, values())) == (
        None,
        None,
        None,
    )


def test_a_removed_silence_is_returned_once(database: Database) -> None:
    repository = Silences(database)
    added = repository.add(values(), "ada", NOON)
    assert (repository.remove(added.id), repository.remove(added.id)) == (added, None)


def test_only_unexpired_silences_count_against_the_limit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silences, "MOST_SILENCES", 1)
    repository = Silences(database)
    repository.add(values(), "ada", NOON)
    with pytest.raises(TooManySilences):
        repository.add(values(), "ada", NOON)
    repository.add(values(ends_at=NOON + 9 * HOUR), "ada", NOON + HOUR)


def test_a_new_name_is_written_into_silences_still_to_come(database: Database) -> None:
    repository = Silences(database)
    past = repository.add(values(ends_at=NOON - HOUR), "ada", NOON)
    others = [repository.add(values(rule=rule), "ada", NOON) for rule in ("Slow", "Drops", None)]
    with database.transaction() as connection:
        assert silences.rename(connection, "Slow", "Tardy", NOON) == 1
    stored = [repository.find(silence.id) for silence in (past, *others)]
    assert [silence and silence.rule for silence in stored] == ["Slow", "Tardy", "Drops", None]


def test_ended_silences_are_forgotten(database: Database) -> None:
    repository = Silences(database)
    first = repository.add(values(ends_at=NOON - HOUR), "ada", NOON)
    second = repository.add(values(ends_at=NOON), "ada", NOON)
    repository.forget(NOON)
    assert (repository.find(first.id), repository.find(second.id)) == (None, second)
