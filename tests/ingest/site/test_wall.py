"""`/wall`: a link opens it and nothing else, until it expires or is revoked."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from analytics.permission.actor import SHELL
from analytics.wall.links import WallLinkActions, WallLinkRequest
from ingest.access.secret_key import secret_key
from ingest.site.wall import COOKIE, ENDED
from models.database.engine import Database
from settings import Settings
from tests.support.servers.chromium import watched_page
from tests.support.servers.running_server import RunningServer

HOUR = 3_600  # a tab stays as long as it may: time passes by the page's clock alone


def links(database: Database, settings: Settings) -> WallLinkActions:
    return WallLinkActions(database, lambda: secret_key(settings), lambda: datetime.now(UTC))


@pytest.fixture
def path(database: Database, settings: Settings) -> str:
    """The path of a new link."""
    made = links(database, settings).add(SHELL, WallLinkRequest(name="hall"))
    return str(made.path)


def test_a_link_becomes_a_cookie_that_opens_the_figures(client: FlaskClient, path: str) -> None:
    opened = client.get(path)
    assert (opened.status_code, opened.headers["Location"]) == (303, "/wall")
    cookie = opened.headers["Set-Cookie"]
    assert all(part in cookie for part in (COOKIE, "HttpOnly", "SameSite=Lax", "Path=/wall"))
    assert client.get("/wall").status_code == 200
    figures = client.get("/wall/figures").get_json()
    assert figures["name"] == "hall"
    assert [tab["name"] for tab in figures["tabs"]] == ["browsers", "servers", "alerts"]
    assert "No report in the last hour" in figures["tabs"][0]["sentence"]
    assert "No alert fires." in figures["tabs"][2]["sentence"]


def test_it_opens_nothing_else(client: FlaskClient, path: str) -> None:
    client.get(path)
    token = path.partition("token=")[2]
    bearer = {"Authorization": f"Bearer {token}", "Cookie": f"wsmon_session={token}"}
    for address in ("/api/ws/storage", "/api/ws/metrics", "/metrics", "/api/ws/wall-links"):
        assert client.get(address).status_code == 401
        assert client.get(address, headers=bearer).status_code == 401
    assert client.get("/admin/websocket-analytics").status_code == 302
    assert client.post("/wall/figures").status_code in (401, 405)


def test_what_is_no_link_opens_nothing(
    client: FlaskClient, path: str, database: Database, settings: Settings
) -> None:
    assert client.get("/wall/figures").status_code == 401
    assert client.get("/wall?token=forged").headers.get("Set-Cookie") is None
    assert client.get("/wall").status_code == 401
    client.get(path)
    for link in links(database, settings).all(SHELL).wall_links:
        links(database, settings).remove(SHELL, link.id)
    refused = client.get("/wall/figures")
    assert (refused.status_code, refused.get_json()["detail"]) == (401, ENDED)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a context of its own: its clock is that of all pages of a context."""
    with watched_page(chromium) as (opened, watch):
        yield opened
        watch.assert_clean()


def test_the_tabs_turn_by_themselves(page: Page, live_server: RunningServer) -> None:
    database = Database(live_server.database_url)
    actions = links(database, Settings(data_dir=live_server.data_dir))
    made = actions.add(SHELL, WallLinkRequest(name="hall", tab_seconds=HOUR))
    page.clock.install()
    page.goto(live_server.url + str(made.path))
    assert page.url == live_server.url + "/wall"
    title = page.locator("#title")
    for name in ("Browsers", "Servers", "Alerts", "Browsers"):
        expect(title).to_have_text(name)
        page.clock.fast_forward(HOUR * 1_000)
    expect(title).to_have_text("Servers")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Alerts")
    expect(page.locator("#moment")).to_contain_text("(")
    database.dispose()
