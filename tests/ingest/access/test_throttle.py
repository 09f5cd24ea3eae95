"""Passwords are guessed slowly, but by browsers that signed in before; no address is stored."""

import pytest

from ingest.access.throttle import (
    MOST_PER_ACCOUNT,
    MOST_PER_ADDRESS,
    MOST_PER_DEVICE,
    MOST_PER_DEVICES,
    MOST_PER_SENDER,
    Attempt,
    Throttle,
)
from models.database.engine import Database
from models.people.login_attempts import LoginAttempts
from tests.support.clock import Clock
from tests.support.store.postgres import rows

ADA, ADDRESS = "ada@example.com", "192.0.2.7"


@pytest.fixture
def throttle(database: Database, clock: Clock) -> Throttle:
    return Throttle(LoginAttempts(database), "a key", clock)


def attempts(
    throttle: Throttle,
    number: int,
    email: str = ADA,
    address: str = ADDRESS,
    device: str | None = None,
) -> int:
    """The wait after this many attempts."""
    attempt = Attempt(email, address, device)
    return [throttle.wait_seconds(attempt) for _ in range(number)][-1]


def test_a_sender_is_refused_until_its_oldest_attempt_is_past(
    throttle: Throttle, clock: Clock
) -> None:
    assert attempts(throttle, 1) == 0
    clock.advance(minutes=5)
    assert attempts(throttle, MOST_PER_SENDER - 1) == 0
    assert attempts(throttle, 3) == 10 * 60
    clock.advance(minutes=10)
    assert attempts(throttle, 1) == 0
    assert attempts(throttle, 1) == 5 * 60


def test_attempts_from_before_the_clock_was_set_back_refuse_nobody(
    throttle: Throttle, clock: Clock
) -> None:
    assert attempts(throttle, MOST_PER_DEVICE + 1, device="hers") > 0
    clock.advance(minutes=-5)
    assert attempts(throttle, 1, device="hers") > 0
    clock.advance(hours=-2)
    assert attempts(throttle, MOST_PER_DEVICE, device="hers") == 0
    assert attempts(throttle, 1, device="hers") > 0


def test_a_guesser_from_an_address_closes_the_account_for_nobody_else(throttle: Throttle) -> None:
    attempts(throttle, 3 * MOST_PER_ACCOUNT)
    assert attempts(throttle, 1, "ADA@Example.com") > 0
    assert attempts(throttle, 1, address="198.51.100.1") == 0


def test_guessers_from_many_addresses_close_the_account_but_for_browsers_that_signed_in(
    throttle: Throttle,
) -> None:
    for number in range(MOST_PER_ACCOUNT):
        assert attempts(throttle, 1, address=f"192.0.2.{number}") == 0
    assert attempts(throttle, 1, "ADA@Example.com", "198.51.100.1") > 0
    assert attempts(throttle, MOST_PER_DEVICE, device="hers") == 0
    assert attempts(throttle, 1, device="hers") > 0
    assert attempts(throttle, 1, device="hers too") == 0
    assert attempts(throttle, 1, "bob@example.com", "198.51.100.1") == 0


def test_any_number_of_browsers_that_signed_in_before_have_a_bound_together(
    throttle: Throttle,
) -> None:
    assert attempts(throttle, MOST_PER_DEVICE + 9, device="hers") > 0
    waits = [attempts(throttle, 1, device=f"collected {n}") for n in range(MOST_PER_DEVICES)]
    assert waits.count(0) == MOST_PER_DEVICES - MOST_PER_DEVICE
    assert attempts(throttle, 1, "bob@example.com", device="his") == 0
    assert attempts(throttle, 1) == 0


def test_an_address_is_closed_whatever_accounts_it_tries(throttle: Throttle) -> None:
    waits = [attempts(throttle, 1, f"{n}@example.com") for n in range(MOST_PER_ADDRESS)]
    assert set(waits) == {0}
    assert attempts(throttle, 1, "new@example.com") == 15 * 60
    assert attempts(throttle, 1, "new@example.com", "192.0.2.8") == 0


def test_the_addresses_of_a_household_are_a_single_sender(throttle: Throttle) -> None:
    for number in range(MOST_PER_ADDRESS):
        attempts(throttle, 1, f"{number}@example.com", f"2001:db8:1:2::{number:x}")
    assert attempts(throttle, 1, "new@example.com", "2001:db8:1:2:ffff::") > 0
    assert attempts(throttle, 1, "new@example.com", "2001:db8:1:3::1") == 0


def test_a_sign_in_forgives_its_own_attempts_and_no_others(throttle: Throttle) -> None:
    for number in range(MOST_PER_ACCOUNT - MOST_PER_SENDER):
        attempts(throttle, 1, address=f"192.0.2.{number}")
    attempts(throttle, MOST_PER_SENDER, address="198.51.100.1")
    attempts(throttle, MOST_PER_DEVICE, device="hers")
    throttle.reset(Attempt(ADA.upper(), "198.51.100.1"))
    throttle.reset(Attempt(ADA, ADDRESS, "hers"))
    assert attempts(throttle, 1, address="198.51.100.1") > 0
    assert attempts(throttle, 1, device="hers") == 0


def test_neither_address_nor_account_can_be_read_from_the_store(
    throttle: Throttle, database: Database, clock: Clock
) -> None:
    attempts(throttle, 1)
    Throttle(LoginAttempts(database), "another key", clock).wait_seconds(Attempt(ADA, ADDRESS))
    keys = [str(key) for (key,) in rows(database, "SELECT key FROM login_attempts")]
    assert "ada" not in str(keys)
    assert ADDRESS not in str(keys)
    assert len(set(keys)) == 6


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
    assert [throttle.wait_seconds(Attempt(email, address)) for _ in range(9)] == [0] * 8 + [900]
