"""Below a path: whether the proxy passes the prefix on or takes it away, the same is served."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from analytics.permission.actor import SHELL
from analytics.wall.links import WallLinkActions, WallLinkRequest
from ingest.access.secret_key import secret_key
from ingest.proxies.prefix import below
from models.database.engine import Database
from settings import Settings
from tests.support.agents.installed import install
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    running_server,
)
from wsgi import create_app

PREFIX = "/monitor"


def paths_of(path: str) -> str:
    """What an application below a prefix reads of a path."""
    app = Flask("below")
    app.add_url_rule("/<path:rest>", "any", lambda **_: f"{request.script_root}|{request.path}")
    app.add_url_rule("/", "root", lambda: f"{request.script_root}|/")
    app.wsgi_app = below(  # type: ignore[method-assign,assignment]
        PREFIX, app.wsgi_app
    )
    return app.test_client().get(path).text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/monitor/admin/x", "/monitor|/admin/x"), ("/admin/x", "/monitor|/admin/x"),
        ("/monitor", "/monitor|/"), ("/monitor/", "/monitor|/"), ("/", "/monitor|/"),
        ("/monitored/x", "/monitor|/monitored/x"),
    ],
)  # fmt: skip
def test_the_prefix_may_come_or_not(path: str, expected: str) -> None:
    assert paths_of(path) == expected


@pytest.fixture
def client(settings: Settings, database: Database) -> FlaskClient:
    """A client of an application at https://example.com/monitor."""
    below_a_path = replace(settings, public_url="https://example.com/monitor")
    return create_app(below_a_path).test_client()


@pytest.mark.parametrize("sent", ["", PREFIX])
def test_redirects_and_the_sign_in_page_stay_below_the_prefix(
    client: FlaskClient, sent: str
) -> None:
    assert client.get(f"{sent}/").headers["Location"].startswith("/monitor/admin/")
    guarded = client.get(f"{sent}/admin/people?tz=UTC")
    assert guarded.headers["Location"] == "/monitor/login?next=%2Fadmin%2Fpeople%3Ftz%3DUTC"
    page = client.get(f"{sent}/login", query_string={"next": "/monitor/admin/people"}).text
    assert 'action="/monitor/login"' in page
    assert 'name="next" value="/admin/people"' in page
    assert not re.search(r'(?:href|src|action)="/(?!monitor/)', page)


def test_the_demo_page_names_nothing_outside_the_prefix(client: FlaskClient) -> None:
    page = client.get("/demo").text
    assert not re.search(r'(?:href|src|action)="/(?!monitor/)', page)


def wall_link(url: str, folder: Path) -> str:
    """The path of a new link to the wall of an installation on this store."""
    database, key = Database(url), secret_key(Settings(data_dir=folder, database_url=url))
    links = WallLinkActions(database, lambda: key, lambda: datetime.now(UTC))
    made = links.add(SHELL, WallLinkRequest(name="hall"))
    database.dispose()
    return str(made.path)


def test_the_cookie_of_a_wall_goes_to_the_wall_below_the_prefix_alone(
    client: FlaskClient, settings: Settings
) -> None:
    assert settings.database_url is not None
    path = wall_link(settings.database_url, settings.data_dir)
    opened = client.get(f"{PREFIX}{path}", base_url="https://example.com")
    assert (opened.status_code, opened.headers["Location"]) == (303, f"{PREFIX}/wall")
    parts = opened.headers["Set-Cookie"].split("; ")
    assert {"Path=/monitor/wall", "Secure", "HttpOnly"} <= set(parts)
    page = client.get(f"{PREFIX}/wall", base_url="https://example.com")
    assert page.status_code == 200
    assert not re.search(r'(?:href|src|action)="/(?!monitor/)', page.text)
    figures = client.get(f"{PREFIX}/wall/figures", base_url="https://example.com")
    assert figures.get_json()["name"] == "hall"
    assert client.get("/wall/figures", base_url="https://example.com").status_code == 401


@pytest.fixture(scope="module")
def server(live_server: RunningServer) -> Iterator[RunningServer]:
    """A second server over the live server's database, below a path."""
    folder = live_server.data_dir / "below"
    with running_server(live_server.database_url, folder) as first:
        first.environment = {"PUBLIC_URL": first.url + PREFIX}
        first.restart()
        yield first


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#email", ADMIN_EMAIL)
    page.fill("#password", ADMIN_PASSWORD)
    page.click("button[type=submit]")


def test_a_person_signs_in_and_finds_every_page_below_the_prefix(
    server: RunningServer, page: Page
) -> None:
    outside: list[str] = []
    page.on("request", lambda sent: outside.append(sent.url) if PREFIX not in sent.url else None)
    page.on("websocket", lambda sent: outside.append(sent.url) if PREFIX not in sent.url else None)
    sign_in(page, f"{server.url}{PREFIX}/admin/websocket-analytics?range=1h")
    expect(page.locator(".page-tab.is-chosen")).to_have_text("Overview")
    paths = {cookie["name"]: cookie["path"] for cookie in page.context.cookies()}
    assert set(paths.values()) == {f"{PREFIX}/"}
    page.click(".section:has-text('Client')")
    expect(page.locator("h1")).to_have_text("Client overview")
    assert f"{PREFIX}/admin/websocket-client-metrics" in page.url
    page.click(".page-tab:has-text('Geographic')")
    expect(page.locator(".page-tab.is-chosen")).to_have_text("Geographic")
    page.goto(f"{server.url}{PREFIX}/demo?every=50")
    expect(page.locator("#stored")).to_have_text("0")
    expect(page.locator("#tag")).to_have_text("Connected")
    page.click("#report")
    expect(page.locator("#stored")).not_to_have_text("0")
    page.goto(f"{server.url}{PREFIX}/api/docs")
    expect(page.locator("main h1")).to_have_text("API")
    page.goto(f"{server.url}{PREFIX}/admin/account")
    page.click(".menu-person summary")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert outside == []


def test_a_wall_shows_its_figures_below_the_prefix(server: RunningServer, page: Page) -> None:
    made = wall_link(server.database_url, server.data_dir)
    page.goto(f"{server.url}{PREFIX}{made}")
    assert page.url == f"{server.url}{PREFIX}/wall"
    expect(page.locator("#title")).to_have_text("Browsers")
    expect(page.locator("#moment")).to_contain_text("(")
    assert [cookie["path"] for cookie in page.context.cookies()] == [f"{PREFIX}/wall"]


def test_a_wall_link_of_the_page_of_people_has_the_prefix(
    server: RunningServer, page: Page
) -> None:
    sign_in(page, f"{server.url}{PREFIX}/admin/people")
    page.fill("#wall-name", "hall")
    page.click("#wall-add")
    expect(page.locator("#wall-notice code")).to_contain_text(f"{server.url}{PREFIX}/wall?token=")


def test_pip_installs_the_agent_from_below_the_prefix(
    server: RunningServer, tmp_path: Path
) -> None:
    folder = install(tmp_path, f"{server.url}{PREFIX}/agents/")
    assert (folder / "wsmon_agent" / "asgi.py").is_file()
