"""Wall links on the page of people: made with their address, listed, revoked; for admins alone."""

from typing import Any

import pytest

from analytics.permission.actor import Actor
from analytics.services.services import WallServices
from analytics.wall.links import WallLinkActions
from dashboard.people import wall_links
from models.database.engine import Database
from tests.support.clock import Clock
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services

ADA, EVE = Actor("ada@example.com", "admin"), Actor("eve@example.com", "analyst")


@pytest.fixture
def links(database: Database, clock: Clock) -> WallLinkActions:
    return WallLinkActions(database, lambda: "k" * 32, clock)


def press(links: WallLinkActions, button: str, viewer: Actor = ADA, **form: Any) -> dict[str, Any]:
    app = empty_application()
    wall: Any = WallServices(links=links, board=None)  # type: ignore[arg-type]  # not read here
    wall_links.register(app, page_services(wall=wall, viewer=lambda: viewer))
    values = {f"wall-{name}.value": text for name, text in form.items()}
    pressed = f"{button}.n_clicks"
    href = {"url.href": "https://metrics.example.com/admin/people"}
    return call(app, "wall-list", values | href | {pressed: 1}, pressed)


def test_a_link_is_displayed_once_with_its_address_and_revoked(links: WallLinkActions) -> None:
    made = press(links, "wall-add", name=" hall ", role="90 days")
    (link,) = links.all(ADA).wall_links
    assert "https://metrics.example.com/wall?token=" in written(made["wall-notice"])
    assert made["wall-name"] == {"value": ""}
    assert "hall" in written(made["wall-list"])
    assert (link.expires_at - link.created_at).days == 90
    revoke = f'{{"act":"revoke","subject":"{link.id}","type":"wall-revoke"}}'
    revoked = press(links, revoke)
    assert "revoked" in written(revoked["wall-notice"])
    assert "No link yet" in written(revoked["wall-list"])
    assert "no wall link" in written(press(links, revoke)["wall-notice"])


def test_a_name_is_needed(links: WallLinkActions) -> None:
    assert "1 to 64 characters" in written(press(links, "wall-add", name=" ")["wall-notice"])
    assert links.all(ADA).wall_links == []


def test_others_see_and_make_nothing(links: WallLinkActions) -> None:
    assert press(links, "wall-add", EVE, name="hall") == {
        "wall-list": {"children": None}, "wall-notice": {"children": None},
    }  # fmt: skip
    assert links.all(ADA).wall_links == []
