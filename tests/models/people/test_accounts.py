"""Accounts: addresses in lower case, always an admin, sign-ins that end."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from models.database.engine import Database
from models.people.accounts import Account, Accounts, EmailTaken, LastAdmin
from tests.support.clock import NOON
from tests.support.store.postgres import rows

HOUR = timedelta(hours=1)
SECRET, OTHER_SECRET = b"1" * 32, b"2" * 32


def add(database: Database, email: str, role: str = "admin") -> Account:
    return Accounts(database).add(email, role, "hash of " + email, NOON)


def test_an_address_is_the_same_in_any_case(database: Database) -> None:
    ada = add(database, "Ada@Example.COM")
    with pytest.raises(EmailTaken):
        add(database, "ADA@example.com")
    assert Accounts(database).with_password("aDa@example.com") == (ada, "hash of Ada@Example.COM")
    assert ada.email == "ada@example.com"


def test_accounts_are_ordered_by_address(database: Database) -> None:
    for email in ("zoe@x.example", "ada@x.example", "ben@x.example"):
        add(database, email, "analyst")
    accounts = Accounts(database)
    assert [account.email[:3] for account in accounts.all()] == ["ada", "ben", "zoe"]
    assert accounts.count() == 3


def test_an_unknown_address_has_no_password(database: Database) -> None:
    add(database, "ada@example.com")
    assert Accounts(database).with_password("' OR true --") is None


def test_the_store_itself_refuses_another_role(database: Database) -> None:
    with pytest.raises(EmailTaken) as fault:
        add(database, "ada@example.com", "owner")
    assert isinstance(fault.value.__cause__, IntegrityError)
    assert "ck_accounts_role" in str(fault.value.__cause__)


def test_the_last_admin_stays_an_admin(database: Database) -> None:
    accounts, ada = Accounts(database), add(database, "ada@example.com")
    add(database, "ben@example.com", "analyst")
    with pytest.raises(LastAdmin):
        accounts.set_role(ada.id, "analyst")
    with pytest.raises(LastAdmin):
        accounts.remove(ada.id)
    assert accounts.set_role(ada.id, "admin")


def test_an_admin_beside_another_may_leave(database: Database) -> None:
    accounts = Accounts(database)
    ada, ben = add(database, "ada@example.com"), add(database, "ben@example.com")
    assert accounts.set_role(ada.id, "analyst")
    with pytest.raises(LastAdmin):
        accounts.remove(ben.id)
    assert accounts.remove(ada.id)
    assert [account.id for account in accounts.all()] == [ben.id]


def test_two_admins_who_leave_at_once_leave_an_admin(database: Database) -> None:
    accounts = Accounts(database)
    people = [add(database, f"{name}@example.com") for name in ("ada", "ben")]
    refused = []

    def leave(account: Account) -> None:
        try:
            accounts.set_role(account.id, "analyst")
        except LastAdmin:
            refused.append(account)

    threads = [Thread(target=leave, args=[account]) for account in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert rows(database, "SELECT count(*) FROM accounts WHERE role = 'admin'") == [(1,)]


def test_nobody_is_changed_under_an_unknown_id(database: Database) -> None:
    accounts = Accounts(database)
    add(database, "ada@example.com")
    nobody = uuid4()
    assert not accounts.set_password(nobody, "x")
    assert not accounts.set_role(nobody, "analyst")
    assert not accounts.remove(nobody)


def test_a_sign_in_ends_at_its_time(database: Database) -> None:
    accounts, ada = Accounts(database), add(database, "ada@example.com")
    accounts.sign_in(ada.id, SECRET, NOON, NOON + HOUR)
    assert accounts.signed_in(SECRET, NOON + HOUR - timedelta(microseconds=1)) is not None
    assert accounts.signed_in(SECRET, NOON + HOUR) is None
    assert accounts.signed_in(OTHER_SECRET, NOON) is None
    assert accounts.all()[0].signed_in_at == NOON


def test_a_sign_out_ends_no_other_session(database: Database) -> None:
    accounts, ada = Accounts(database), add(database, "ada@example.com")
    for secret in (SECRET, OTHER_SECRET):
        accounts.sign_in(ada.id, secret, NOON, NOON + HOUR)
    accounts.sign_out(SECRET)
    sessions = [accounts.signed_in(secret, NOON) is None for secret in (SECRET, OTHER_SECRET)]
    assert sessions == [True, False]


def test_a_new_password_ends_all_sessions_of_this_person_alone(database: Database) -> None:
    accounts = Accounts(database)
    ada, ben = add(database, "ada@example.com"), add(database, "ben@example.com")
    accounts.sign_in(ada.id, SECRET, NOON, NOON + HOUR)
    accounts.sign_in(ben.id, OTHER_SECRET, NOON, NOON + HOUR)
    assert accounts.set_password(ada.id, "another")
    assert accounts.signed_in(SECRET, NOON) is None
    assert accounts.signed_in(OTHER_SECRET, NOON) is not None
    stored = accounts.with_password("ada@example.com")
    assert stored is not None
    assert stored[1] == "another"


def test_a_removed_account_is_signed_out(database: Database) -> None:
    accounts = Accounts(database)
    add(database, "ada@example.com")
    ben = add(database, "ben@example.com", "analyst")
    accounts.sign_in(ben.id, SECRET, NOON, NOON + HOUR)
    accounts.remove(ben.id)
    assert accounts.signed_in(SECRET, NOON) is None


def test_ended_sign_ins_are_forgotten(database: Database) -> None:
    accounts, ada = Accounts(database), add(database, "ada@example.com")
    accounts.sign_in(ada.id, SECRET, NOON, NOON + HOUR)
    accounts.sign_in(ada.id, OTHER_SECRET, NOON, NOON + 2 * HOUR)
    assert accounts.forget_expired(NOON + HOUR) == 1
    assert rows(database, "SELECT count(*) FROM sign_ins") == [(1,)]
