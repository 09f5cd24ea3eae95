"""Guessing passwords is slowed down per account and per address, and no address is stored."""

import pytest

from ingest.access.throttle import MOST_PER_ACCOUNT, MOST_PER_ADDRESS, Throttle
from models.database.engine import Database
from models.people.login_attempts import LoginAttempts
from tests.support.clock import Clock
from tests.support.store.postgres import rows

ADA, ADDRESS = "ada@example.com", "192.0.2.7"


@pytest.fixture
def throttle(database: Database, clock: Clock) -> Throttle:
    return Throttle(LoginAttempts(database), "a key", clock)


def attempts(throttle: Throttle, number: int, email: str = ADA, address: str = ADDRESS) -> int:
    """The wait after this many attempts."""
    return [throttle.wait_seconds(email, address) for _ in range(number)][-1]


def test_an_account_is_closed_until_its_oldest_attempt_is_past(
    throttle: Throttle, clock: Clock
) -> None:
    assert attempts(throttle, 1) == 0
    clock.advance(minutes=5)
    assert attempts(throttle, MOST_PER_ACCOUNT - 1) == 0
    assert attempts(throttle, 3) == 10 * 60
    clock.advance(minutes=10)
    assert attempts(throttle, 1) == 0
    assert attempts(throttle, 1) == 5 * 60


def test_an_account_is_the_same_in_any_case_and_from_anywhere(throttle: Throttle) -> None:
    attempts(throttle, MOST_PER_ACCOUNT)
    assert throttle.wait_seconds("ADA@Example.com", "198.51.100.1") > 0
    assert throttle.wait_seconds("bob@example.com", "198.51.100.1") == 0


def test_an_address_is_closed_whatever_accounts_it_tries(throttle: Throttle) -> None:
    waits = [throttle.wait_seconds(f"{n}@example.com", ADDRESS) for n in range(MOST_PER_ADDRESS)]
    assert set(waits) == {0}
    assert throttle.wait_seconds("new@example.com", ADDRESS) == 15 * 60
    assert throttle.wait_seconds("new@example.com", "192.0.2.8") == 0


def test_the_addresses_of_a_household_are_a_single_sender(throttle: Throttle) -> None:
    for number in range(MOST_PER_ADDRESS):
        throttle.wait_seconds(f"{number}@example.com", f"2001:db8:1:2::{number:x}")
    assert throttle.wait_seconds("new@example.com", "2001:db8:1:2:ffff::") > 0
    assert throttle.wait_seconds("new@example.com", "2001:db8:1:3::1") == 0


def test_a_sign_in_forgives_the_account_but_not_the_address(throttle: Throttle) -> None:
    for number in range(MOST_PER_ADDRESS - MOST_PER_ACCOUNT):
        throttle.wait_seconds(f"{number}@example.com", ADDRESS)
    attempts(throttle, MOST_PER_ACCOUNT)
    throttle.reset(ADA.upper())
    assert throttle.wait_seconds(ADA, "198.51.100.1") == 0
    assert throttle.wait_seconds(ADA, ADDRESS) > 0


def test_neither_address_nor_account_can_be_read_from_the_store(
    throttle: Throttle, database: Database, clock: Clock
) -> None:
    attempts(throttle, 1)
    Throttle(LoginAttempts(database), "another key", clock).wait_seconds(ADA, ADDRESS)
    keys = [str(key) for (key,) in rows(database, "SELECT key FROM login_attempts")]
    assert "ada" not in str(keys)
    assert ADDRESS not in str(keys)
    assert len(set(keys)) == 4


def test_an_address_cannot_be_followed_over_days(
    throttle: Throttle, database: Database, clock: Clock
) -> None:
    for _ in range(2):
        attempts(throttle, 1)
        clock.advance(days=1)
    stored = rows(database, "SELECT DISTINCT key FROM login_attempts WHERE key LIKE 'address:%'")
    assert len(stored) == 2


@pytest.mark.parametrize(("email", "address"), [("\udcff\0", None), ("", ""), ("x" * 9000, "?")])
def test_any_text_can_be_an_attempt(throttle: Throttle, email: str, address: str | None) -> None:
    assert [throttle.wait_seconds(email, address) for _ in range(9)] == [0] * 8 + [900]
