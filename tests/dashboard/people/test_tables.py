"""The lists of people, tokens and changes: texts, times of the zone, buttons with their subject."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from analytics.people.actions import Account, ApiToken, AuditEntry
from dashboard.people import tables
from tests.support.clock import NOON
from tests.support.pages.components import button_ids, table_rows, text_of

TOKYO = ZoneInfo("Asia/Tokyo")
TOKEN_ID = UUID(int=7)
HOSTILE = "<b>eve</b>@example.com"


def an_account(
    email: str = HOSTILE, role: str = "analyst", signed_in: datetime | None = None
) -> Account:
    return Account(uuid4(), email, role, NOON - timedelta(days=400), signed_in)


def test_a_person_is_listed_as_text_with_local_times() -> None:
    account = an_account(signed_in=NOON - timedelta(hours=1))
    (row,) = table_rows(tables.people([account], NOON, TOKYO))
    assert row[:4] == [HOSTILE, "analyst", "26 Jan 2025 21:00", "20:00"]
    assert table_rows(tables.people([an_account()], NOON, TOKYO))[0][3] == "–"


def test_a_person_can_get_the_other_role_only() -> None:
    for role, other in (("analyst", "make-admin"), ("admin", "make-analyst")):
        ids = button_ids(tables.people([an_account(role=role)], NOON, TOKYO))
        assert [button["act"] for button in ids] == [other, "password", "remove"]
        assert {button["subject"] for button in ids} == {HOSTILE}


def test_a_token_is_revoked_by_its_id_and_not_by_its_name() -> None:
    token = ApiToken(TOKEN_ID, "<i>ci</i>", "ingest", NOON, "ada", None)
    listed = tables.tokens([token], NOON, TOKYO)
    assert table_rows(listed)[0][:4] == ["<i>ci</i>", "ingest", "21:00", "–"]
    assert button_ids(listed) == [tables.action_id("revoke", TOKEN_ID)]


def test_without_tokens_the_list_says_what_they_are_for() -> None:
    assert text_of(tables.tokens([], NOON, TOKYO)).startswith("No token yet.")


def test_a_change_has_its_role_where_it_set_a_role() -> None:
    entries = [
        AuditEntry(NOON, "ada", "set role", "eve", {"role": "admin"}),
        AuditEntry(NOON - timedelta(days=1), "ada", "removed person", "<b>", {}),
    ]
    assert table_rows(tables.trail(entries, NOON, ZoneInfo("UTC"))) == [
        ["12:00", "ada", "set role", "eve", "admin"],
        ["1 Mar 12:00", "ada", "removed person", "<b>", ""],
    ]  # fmt: skip
