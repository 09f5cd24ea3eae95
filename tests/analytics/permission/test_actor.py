"""Who acts: only the role admin may change things, whatever the name says."""

import dataclasses
from typing import Any

import pytest

from analytics.permission.actor import SHELL, Actor


@pytest.mark.parametrize(
    ("role", "expected"),
    [("admin", True), ("analyst", False), ("ingest", False), ("Admin", False), ("", False)],
)
def test_only_an_admin_may_change_things(role: str, expected: bool) -> None:
    assert Actor("admin", role).is_admin is expected


def test_the_command_line_is_an_admin_without_an_account() -> None:
    assert (SHELL.is_admin, SHELL.account_id) == (True, None)


def test_a_role_cannot_be_changed_afterwards() -> None:
    actor: Any = Actor("ann", "analyst")  # untyped: the checker refuses it before the class does
    with pytest.raises(dataclasses.FrozenInstanceError):
        actor.role = "admin"
