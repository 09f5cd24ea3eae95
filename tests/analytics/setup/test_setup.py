"""Allowing an origin: for admins, audited, and withdrawn again."""

import pytest

from analytics.permission.actor import Actor, InvalidChange, NotAllowed
from analytics.setup.setup import ORIGIN, PAGE, REPORTS, SOCKETS, Knock, MonitorFile, Setup
from ingest.http.origins import normalized
from models.database.engine import Database
from models.operations import allowed_origins
from models.operations.knocks import Knocks
from models.people.audit import Audit
from tests.support.clock import NOON, Clock

ADA, BEN = Actor("ada@example.com", "admin"), Actor("ben@example.com", "analyst")


@pytest.fixture
def setup(database: Database) -> Setup:
    return Setup(database, Clock(), normalized, MonitorFile("/sdk/1.0/x.js", "sha384-x"))


def test_an_origin_is_allowed_once_and_withdrawn(setup: Setup, database: Database) -> None:
    for _ in range(2):
        assert setup.allow(ADA, REPORTS, "https://Portal.example") == "https://portal.example:443"
    (entry,) = setup.allowed()
    assert (entry.origin, entry.allowed_by) == ("https://portal.example:443", "ada@example.com")
    setup.withdraw(ADA, REPORTS, "https://portal.example")
    assert setup.allowed() == []
    trail = [(entry.action, entry.subject, entry.detail) for entry in Audit(database).latest()]
    assert trail == [
        ("withdrew origin", "https://portal.example:443", {"purpose": "reports"}),
        ("allowed origin", "https://portal.example:443", {"purpose": "reports"}),
    ]


def test_whom_was_refused_before_is_listed_no_longer(setup: Setup, database: Database) -> None:
    knock = Knock(
        source=PAGE, caller="https://portal.example", app="", refusal=ORIGIN, first_at=NOON,
        last_at=NOON,
    )  # fmt: skip
    Knocks(database).add([knock])
    assert setup.knocks() == [knock]
    setup.allow(ADA, SOCKETS, "https://portal.example")
    assert setup.knocks() == [knock]
    setup.allow(ADA, REPORTS, "https://portal.example")
    assert setup.knocks() == []


def test_only_an_admin_allows(setup: Setup) -> None:
    with pytest.raises(NotAllowed):
        setup.allow(BEN, REPORTS, "https://portal.example")


@pytest.mark.parametrize("origin", ["null", "*", "https://a/b", "x" * 9000, "javascript:alert(1)"])
def test_what_is_no_web_origin_cannot_be_allowed(setup: Setup, origin: str) -> None:
    with pytest.raises(InvalidChange):
        setup.allow(ADA, REPORTS, origin)


def test_so_many_origins_and_no_more(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed_origins, "MOST_ORIGINS", 1)
    setup.allow(ADA, REPORTS, "https://a.example")
    with pytest.raises(InvalidChange):
        setup.allow(ADA, REPORTS, "https://b.example")
