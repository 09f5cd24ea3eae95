"""Knocks add up by caller; the newest alone stay. Origins that were allowed are listed."""

from datetime import timedelta

import pytest

from models.database.engine import Database
from models.operations import allowed_origins, knocks
from models.operations.allowed_origins import (
    REPORTS,
    SOCKETS,
    AllowedOrigin,
    AllowedOrigins,
    TooManyOrigins,
)
from models.operations.knocks import PAGE, RETENTION, Knock, Knocks
from tests.support.clock import NOON

SECOND = timedelta(seconds=1)


def knock(caller: str, seconds: int = 0, refusal: str = "", protocol: str = "") -> Knock:
    at = NOON + seconds * SECOND
    return Knock(
        source=PAGE, caller=caller, app="portal", refusal=refusal, first_at=at, last_at=at,
        sockets=1, round_trips=2, protocol=protocol,
    )  # fmt: skip


def test_a_row_adds_up(database: Database) -> None:
    store = Knocks(database)
    store.add([knock("https://b.example", protocol="phoenix"), knock("https://a.example")])
    store.add([knock("https://b.example", 20)])
    last, first = store.latest(NOON)
    assert (last.caller, last.count, last.sockets, last.round_trips) == (
        "https://b.example",
        2,
        2,
        4,
    )
    assert (last.first_at, last.last_at) == (NOON, NOON + 20 * SECOND)
    assert last.protocol == "phoenix"
    assert first.count == 1
    assert store.latest(NOON + SECOND) == [last]


def test_the_newest_stay_accepted_and_refused_apart(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knocks, "MOST_ROWS", 2)
    store = Knocks(database)
    store.add([knock(f"https://{n}.example", n, "origin") for n in range(5)])
    store.add([knock("https://old.example", -100)])
    store.prune(NOON)
    callers = [row.caller for row in store.latest(NOON - RETENTION)]
    assert callers == ["https://4.example", "https://3.example", "https://old.example"]
    store.prune(NOON + RETENTION + 10 * SECOND)
    assert store.latest(NOON - RETENTION) == []


def test_origins_are_allowed_up_to_a_bound(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowed_origins, "MOST_ORIGINS", 2)
    store = AllowedOrigins(database)
    entries = [
        AllowedOrigin(each, "https://a.example:443", NOON, "ada") for each in (REPORTS, SOCKETS)
    ]
    assert store.add(entries[0])
    assert not store.add(entries[0])
    assert store.add(entries[1])
    with pytest.raises(TooManyOrigins):
        store.add(AllowedOrigin(REPORTS, "https://b.example:443", NOON, "ada"))
    assert store.all() == entries
    assert store.remove(REPORTS, "https://a.example:443")
    assert not store.remove(REPORTS, "https://a.example:443")
