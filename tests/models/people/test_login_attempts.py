"""Sign-in attempts: counted before they are checked, under keys of their own, within a window."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.database.engine import Database
from models.people.login_attempts import LoginAttempts
from tests.support.clock import NOON, Clock
from tests.support.store.postgres import rows

WINDOW = timedelta(minutes=15)


def claim(database: Database, key: str, now: datetime, most: int = 2) -> datetime | None:
    return LoginAttempts(database).claim(key, most, now - WINDOW, now)


def test_an_attempt_too_many_reports_the_oldest(database: Database, clock: Clock) -> None:
    outcomes = []
    for _ in range(3):
        outcomes.append(claim(database, "a", clock()))
        clock.advance(minutes=1)
    assert outcomes == [None, None, NOON]
    assert rows(database, "SELECT count(*) FROM login_attempts") == [(2,)]  # not prolonged by it


def test_the_next_attempt_is_granted_when_the_oldest_has_left_the_window(
    database: Database,
) -> None:
    for minutes in (0, 5):
        claim(database, "a", NOON + timedelta(minutes=minutes))
    assert claim(database, "a", NOON + WINDOW - timedelta(microseconds=1)) == NOON
    assert claim(database, "a", NOON + WINDOW) is None


def test_another_key_is_counted_on_its_own(database: Database) -> None:
    assert claim(database, "a", NOON, most=1) is None
    assert claim(database, "b", NOON, most=1) is None
    assert claim(database, "a", NOON, most=1) == NOON


def test_guesses_at_the_same_time_count_each_other(database: Database) -> None:
    with ThreadPoolExecutor(5) as pool:
        outcomes = list(pool.map(lambda _: claim(database, "a", NOON, most=3), range(5)))
    assert outcomes.count(None) == 3


def test_forgiven_attempts_do_not_count(database: Database) -> None:
    for key in "ab":
        claim(database, key, NOON, most=1)
    LoginAttempts(database).forgive("a")
    assert claim(database, "a", NOON, most=1) is None
    assert claim(database, "b", NOON, most=1) == NOON


def test_old_attempts_are_forgotten(database: Database) -> None:
    for minutes in (0, 1):
        claim(database, "a", NOON + timedelta(minutes=minutes))
    assert LoginAttempts(database).forget(NOON + timedelta(minutes=1)) == 1
    assert rows(database, "SELECT count(*) FROM login_attempts") == [(1,)]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 600), max_size=12))
def test_no_window_grants_more_than_its_number(database: Database, gaps: list[int]) -> None:
    LoginAttempts(database).forgive("a")
    now, granted = NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if claim(database, "a", now, most=3) is None:
            granted.append(now)
    windows = [sum(start <= at < start + WINDOW for at in granted) for start in granted]
    assert max(windows, default=0) <= 3
