"""Links to a wall: for admins, audited; a forged, expired or revoked token opens nothing."""

import pytest
from itsdangerous import URLSafeSerializer

from analytics.permission.actor import SHELL, Actor, NotAllowed
from analytics.wall import links
from analytics.wall.links import NoSuchWallLink, WallLinkActions, WallLinkRequest
from models.database.engine import Database
from models.people.audit import Audit
from tests.support.clock import Clock

ANALYST = Actor("ada@example.com", "analyst")


@pytest.fixture
def actions(database: Database, clock: Clock) -> WallLinkActions:
    return WallLinkActions(database, lambda: "k" * 32, clock)


def token_of(path: str | None) -> str:
    return str(path).removeprefix(f"{links.PATH}?token=")


def test_a_link_works_until_it_is_revoked(actions: WallLinkActions, database: Database) -> None:
    made = actions.add(SHELL, WallLinkRequest(name="hall", tabs=["alerts", "servers", "alerts"]))
    link = actions.find(token_of(made.path))
    assert link is not None
    assert (link.name, link.tabs, link.tab_seconds) == ("hall", ["alerts", "servers"], 20)
    (listed,) = actions.all(SHELL).wall_links
    assert (listed.id, listed.path) == (made.id, None)
    actions.remove(SHELL, made.id)
    assert actions.find(token_of(made.path)) is None
    with pytest.raises(NoSuchWallLink):
        actions.remove(SHELL, made.id)
    assert [(each.action, each.subject) for each in Audit(database).latest()] == [
        ("revoked wall link", "hall"), ("made wall link", "hall"),
    ]  # fmt: skip


def test_a_link_expires(actions: WallLinkActions, clock: Clock) -> None:
    made = actions.add(SHELL, WallLinkRequest(name="hall", days=1))
    clock.advance(hours=23)
    assert actions.find(token_of(made.path)) is not None
    clock.advance(hours=2)
    assert actions.find(token_of(made.path)) is None


def test_a_forged_token_is_none(actions: WallLinkActions) -> None:
    made = actions.add(SHELL, WallLinkRequest(name="hall"))
    token = token_of(made.path)
    secret = URLSafeSerializer("k" * 32, salt=links.SALT).loads(token)
    other = URLSafeSerializer("x" * 32, salt=links.SALT).dumps(secret)
    assert [actions.find(each) for each in (str(other), str(secret), token[:-1], "")] == [None] * 4


def test_only_admins_make_see_and_revoke_links(actions: WallLinkActions) -> None:
    made = actions.add(SHELL, WallLinkRequest(name="hall"))
    with pytest.raises(NotAllowed):
        actions.add(ANALYST, WallLinkRequest(name="door"))
    with pytest.raises(NotAllowed):
        actions.all(ANALYST)
    with pytest.raises(NotAllowed):
        actions.remove(ANALYST, made.id)
