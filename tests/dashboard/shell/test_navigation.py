"""The shell for each address: page, tabs, sections, filter bar, menu of the person."""

from datetime import timedelta
from typing import Any

import dash
import pytest

from analytics.permission.actor import Actor
from analytics.reports.reports import Reports
from dashboard.app import PAGES
from dashboard.core import addresses
from dashboard.shell import not_found
from dashboard.shell.navigation import Navigation
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.pages.components import links_of, text_of
from tests.support.pages.dash_calls import call, empty_application, written
from tests.support.pages.page_services import page_services
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

AWAY = Database("postgresql+psycopg2://x@/x?host=/nowhere")


def shell(viewer: Actor | None = None, reports: Reports | None = None) -> dash.Dash:
    app = empty_application()
    services = page_services(reports=reports, viewer=lambda: viewer)
    Navigation(PAGES).register(app, services)
    return app


@pytest.mark.parametrize("path", [None, "/admin/", "/admin", "/admin/websocket-client-metrics/"])
def test_the_root_and_a_trailing_slash_open_the_client_page(path: str | None) -> None:
    changed = call(shell(), "page.children", {"url.pathname": path})
    assert "Client overview" in written(changed)


@pytest.mark.parametrize("path", ["/admin/nowhere", "/admin//", "javascript:alert(1)", "/"])
def test_an_unregistered_address_has_links_to_both_overviews(path: str) -> None:
    changed = call(shell(), "page.children", {"url.pathname": path})
    is_root = path == "/admin//"
    assert ("There is no page at this address" in written(changed)) != is_root
    links = links_of(not_found.layout())
    assert list(links.values()) == [addresses.CLIENT, addresses.SERVER]


def tabs(path: str, search: str = "") -> tuple[str, list[Any]]:
    changed = call(shell(), "tabs.children", {"url.pathname": path, "url.search": search})
    return written(changed["sections"]), changed["tabs"]["children"]


def test_tabs_carry_the_view_and_mark_their_page() -> None:
    sections, links = tabs(addresses.SERVER_ROOMS, "?range=7d&app=%3Cb%3E")
    assert [link["props"]["href"] for link in links] == [
        f"{page.address}?range=7d&app=%3Cb%3E" for page in PAGES if page.tab.section == "Server"
    ]
    marked = [
        link["props"]["children"] for link in links if "is-chosen" in link["props"]["className"]
    ]
    assert marked == ["Rooms"]
    assert f"{addresses.CLIENT}?range=7d" in sections


@pytest.mark.parametrize(
    ("path", "title"), [(addresses.PEOPLE, "People"), ("/admin/nowhere", "Not found")]
)
def test_a_page_outside_the_sections_has_its_title_as_its_only_tab(path: str, title: str) -> None:
    sections, (tab,) = tabs(path)
    assert tab["props"]["children"] == title
    assert "is-chosen" not in sections


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("m.keller@example.com", "MK"), ("ada@example.com", "AD"), ("a_b-c.d@x", "AB"),
        ("é@x", "É@"), ("__@x", "__"),
    ],
)  # fmt: skip
def test_the_menu_has_the_initials_of_the_person(name: str, initials: str) -> None:
    changed = call(shell(Actor(name, "analyst")), "person.children", {})
    summary = changed["person"]["children"]["props"]["children"][0]
    assert summary["props"]["children"][-1] == initials


def test_only_an_admin_has_a_link_to_people() -> None:
    admin = call(shell(Actor("ada", "admin")), "person.children", {})
    analyst = call(shell(Actor("eve", "analyst")), "person.children", {})
    assert addresses.PEOPLE in written(admin)
    assert addresses.PEOPLE not in written(analyst)
    assert call(shell(None), "person.children", {})["person"]["children"] is None


def choices(reports: Reports, name: str, path: str, search: str = "?range=1h") -> str:
    app = shell(reports=reports)
    pressed = f'{{"name":"{name}","type":"dimension"}}.n_clicks'
    values = {pressed: 1, "url.pathname": path, "url.search": search}
    return written(call(app, "choices.children", values, pressed))


def test_a_dimension_offers_the_values_of_the_range_and_the_section(database: Database) -> None:
    early = NOON - timedelta(hours=3)
    ClientReports(database).insert([
        report(app="<b>"), report(app="retired", period_end=early),
        report(app="kiosk", country="BR"), report(app="other", country="BR"),
    ])  # fmt: skip
    ServerSamples(database).insert([sample(app="chat")])
    reports = Reports(database)
    client = choices(reports, "app", addresses.CLIENT, "?range=1h&country=BR")
    assert "country=BR" in client
    assert "kiosk" in client
    assert addresses.SERVER_STORAGE in client  # which lists what is among other
    assert "chat" not in client
    both = choices(reports, "app", addresses.SERVER_HISTORY)
    assert "app=%3Cb%3E" in both
    assert "app=chat" in both
    assert "retired" not in both


def test_without_values_or_a_database_the_menu_says_so(database: Database) -> None:
    assert "No values in this range." in choices(Reports(database), "release", addresses.CLIENT)
    assert "The database does not answer." in choices(Reports(AWAY), "app", addresses.CLIENT)


def test_an_unreadable_range_offers_no_values() -> None:
    offered = choices(Reports(AWAY), "app", addresses.CLIENT, "?range=soon")
    assert "The range in the address cannot be read" in offered


def test_the_filter_bar_is_in_the_zone_of_the_browser_unless_the_address_names_another() -> None:
    for search, browser, zone in (
        ("", "Asia/Tokyo", "Asia/Tokyo"), ("?tz=Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"),
        ("?tz=../../etc", None, "UTC"), ("", "<b>", "UTC"),
    ):  # fmt: skip
        values = {
            "url.pathname": addresses.CLIENT,
            "url.search": search,
            "browser-zone.data": browser,
        }
        assert f'"data-zone": "{zone}"' in written(call(shell(), "filter-bar.children", values))
    assert text_of(not_found.layout()).startswith("Page not found")
