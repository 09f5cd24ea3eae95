"""Events: stored once, read in order for a range and an app."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.database.engine import Database
from models.raw import events as room
from models.raw.events import Event, Events
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


def store(database: Database, hours: float = 0, app: str | None = None, title: str = "x") -> Event:
    event = Event(uuid4(), NOON + hours * HOUR, "deployment", title, app)
    assert Events(database).add(event)
    return event


def test_an_event_sent_twice_is_stored_once(database: Database) -> None:
    event = store(database)
    assert not Events(database).add(event)
    assert Events(database).between(NOON, NOON + HOUR) == [event]


def test_a_range_has_its_start_and_not_its_end(database: Database) -> None:
    late, _, early = store(database, 1), store(database, 2), store(database, 0)
    assert Events(database).between(NOON, NOON + 2 * HOUR) == [early, late]


def test_events_of_all_apps_concern_each(database: Database) -> None:
    for number, name in enumerate((None, "portal", "kiosk")):
        store(database, number / 9, name, name or "all")
    expected = {None: "all portal kiosk", "portal": "all portal", "Portal": "all", "%": "all"}
    for app, titles in expected.items():
        events = Events(database).between(NOON, NOON + HOUR, app)
        assert [event.title for event in events] == titles.split()


def test_titles_are_read_as_they_were_sent(database: Database) -> None:
    event = store(database, title="'); DROP TABLE events; -- <b>\u202e")
    assert Events(database).between(NOON, NOON + HOUR) == [event]


def test_the_first_events_of_a_crowded_range_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_READ", 2)
    events = [store(database, number) for number in range(3)]
    assert Events(database).between(NOON, NOON + 9 * HOUR) == events[:2]


def test_events_before_a_time_are_forgotten(database: Database) -> None:
    for hours in range(2):
        store(database, hours)
    left = []
    for hours in range(3):
        Events(database).forget(NOON + hours * HOUR)
        left.append(len(Events(database).between(NOON, NOON + 9 * HOUR)))
    assert left == [2, 1, 0]
