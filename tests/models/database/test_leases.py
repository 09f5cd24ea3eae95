"""Leases: one holder at a time, and a token that grows with each change of the holder."""

import pytest
from sqlalchemy import text

from models.database.engine import Database
from models.database.leases import Lease, LeaseLost, Leases


def expire(database: Database) -> None:
    """As time would."""
    with database.transaction() as connection:
        connection.execute(text("UPDATE leases SET expires_at = now() - interval '1 second'"))


def is_lost(database: Database, lease: Lease | None) -> bool:
    assert lease is not None
    with database.transaction() as connection:
        try:
            lease.confirm(connection)
        except LeaseLost:
            return True
    return False


def test_a_leader_that_freezes_in_a_transaction_does_not_keep_the_lease(
    database: Database,
) -> None:
    lease, limit = Leases(database).take("jobs", "a", 60), "idle_in_transaction_session_timeout"
    assert lease is not None
    with database.transaction() as connection:
        lease.confirm(connection)
        assert connection.execute(text(f"SHOW {limit}")).scalar_one() == "20s"
    with database.transaction() as connection:  # the same pooled connection
        assert connection.execute(text(f"SHOW {limit}")).scalar_one() == "0"


def test_a_lease_has_a_single_holder(database: Database) -> None:
    leases = Leases(database)
    assert leases.take("jobs", "a", 60) == Lease("jobs", 1)
    assert leases.take("jobs", "b", 60) is None
    assert leases.take("other", "b", 60) == Lease("other", 1)


def test_a_renewal_has_the_same_token(database: Database) -> None:
    leases = Leases(database)
    first, second = leases.take("jobs", "a", 60), leases.take("jobs", "a", 60)
    assert first == second
    assert not is_lost(database, first)


def test_an_expired_lease_changes_hands_with_a_new_token(database: Database) -> None:
    leases = Leases(database)
    first = leases.take("jobs", "a", 60)
    expire(database)
    assert not is_lost(database, first)  # nobody has taken over yet
    second = leases.take("jobs", "b", 60)
    assert second == Lease("jobs", 2)
    assert (is_lost(database, first), is_lost(database, second)) == (True, False)


def test_a_holder_that_slept_through_its_lease_gets_a_new_token(database: Database) -> None:
    leases = Leases(database)
    leases.take("jobs", "a", 60)
    expire(database)
    assert leases.take("jobs", "a", 60) == Lease("jobs", 2)


def test_only_its_holder_releases_a_lease(database: Database) -> None:
    leases = Leases(database)
    leases.take("jobs", "a", 60)
    leases.release("jobs", "b")
    assert leases.take("jobs", "b", 60) is None
    leases.release("jobs", "a")
    assert leases.take("jobs", "b", 60) == Lease("jobs", 2)


def test_nobody_takes_over_before_a_confirmed_transaction_ends(database: Database) -> None:
    lease = Leases(database).take("jobs", "a", 60)
    assert lease is not None
    expire(database)
    hasty = Database(database.url, statement_ms=100)
    with database.transaction() as connection:
        lease.confirm(connection)
        with pytest.raises(Exception, match="statement timeout"):
            Leases(hasty).take("jobs", "b", 60)
    assert Leases(hasty).take("jobs", "b", 60) == Lease("jobs", 2)
    hasty.dispose()


def test_a_lease_never_taken_was_never_renewed(database: Database) -> None:
    leases = Leases(database)
    assert leases.renewed_at("jobs") is None
    leases.take("jobs", "a", 60)
    first = leases.renewed_at("jobs")
    leases.take("jobs", "a", 60)
    second = leases.renewed_at("jobs")
    assert first is not None
    assert second is not None
    assert second > first
