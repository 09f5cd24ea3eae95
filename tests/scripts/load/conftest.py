import pytest

from scripts.load.clients import pool, run, timetable


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does not wait long for what will never come."""
    monkeypatch.setattr(run, "DRAIN_SECONDS", 0.3)
    monkeypatch.setattr(run, "LEAST_CUT", 0.2)
    monkeypatch.setattr(pool, "HANDSHAKE_SECONDS", 0.3)
    monkeypatch.setattr(timetable, "FIRST_BACK_OFF", 0.1)
    monkeypatch.setattr(pool, "CLOSING_SECONDS", 0.3)
