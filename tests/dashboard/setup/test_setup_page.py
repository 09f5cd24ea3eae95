"""The set-up page: lines with the real address, what knocks, and the first chart."""

import json
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.permission.actor import Actor
from analytics.setup.setup import PAGE, REPORTS, SERVER, AllowedOrigin, Knock, MonitorFile
from dashboard.setup import first_chart, knock_list, snippets
from dashboard.setup import page as setup_page
from dashboard.setup.knock_list import CURES
from dashboard.setup.snippets import DEFAULT_APP, KINDS
from settings import Settings
from tests.support.clock import NOON
from tests.support.pages.components import button_ids, text_of
from tests.support.pages.dash_calls import call, empty_application
from tests.support.pages.page_services import page_services

UTC = ZoneInfo("UTC")
MONITOR = MonitorFile("/sdk/2.0.0/websocket-client-monitor.js", "sha384-abc")
ADA = Actor("ada@example.com", "admin")
ORIGIN = "https://portal.example"
HOSTILE = '"></script><script>alert(1)'


def knock(**fields: Any) -> Knock:
    values: dict[str, Any] = {
        "source": PAGE, "caller": ORIGIN, "app": "portal", "refusal": "", "first_at": NOON,
        "last_at": NOON,
    }  # fmt: skip
    return Knock(**(values | fields))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_lines_with_address_and_app(name: str) -> None:
    kind = KINDS[name]
    lines = "\n".join(
        text
        for _, text in snippets.snippets(
            kind, url="https://m.example/monitor", app="shop", monitor=MONITOR, token="secret"
        )
    )
    assert "https://m.example/monitor" in lines
    assert "shop" in lines
    assert "{" not in lines.replace("{ ", "").replace("({", "").replace("import {", "")
    assert ("secret" in lines) is kind.is_server
    assert ("sha384-abc" in lines) is not kind.is_server


@pytest.mark.parametrize("name", ["", None, "x" * 65, HOSTILE, "a b"])
def test_a_name_that_cannot_stand_in_markup_becomes_the_default(name: str | None) -> None:
    assert snippets.app_of(name) == DEFAULT_APP


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"sockets": 2, "round_trips": 7, "protocol": "phoenix"}, "yes, 7 (phoenix)"),
        ({"sockets": 0}, "no: no socket was opened"),
        ({"sockets": 2}, "Name messageId"),
        ({"sockets": 2, "protocol": "socket.io"}, "none was answered yet (socket.io)"),
        ({"source": SERVER}, "measured by pings"),
        *(({"blind": reason}, cure) for reason, cure in CURES.items()),
    ],
)
def test_an_accepted_knock_says_what_is_missing_and_its_cure(
    fields: dict[str, Any], text: str
) -> None:
    assert text in text_of(knock_list.accepted([knock(**fields)], NOON, UTC))


def test_only_admins_can_allow_what_was_refused_for_its_origin() -> None:
    refused = knock(refusal="origin", detail="METRICS_ALLOWED_ORIGINS")
    for rows, is_admin, has_button in (
        ([refused], True, True), ([refused], False, False), ([knock(refusal="key")], True, False),
        ([knock(refusal="origin", caller="")], True, False),
    ):  # fmt: skip
        table = knock_list.refused(rows, NOON, UTC, is_admin=is_admin)
        kinds = [button["type"] for button in button_ids(table)]
        assert (kinds == [knock_list.ALLOW]) is has_button
    assert "Nobody was refused" in text_of(knock_list.refused([], NOON, UTC, is_admin=True))
    entry = AllowedOrigin(REPORTS, "https://portal.example:443", NOON, "ada@example.com")
    assert "portal.example" in text_of(knock_list.allowed([entry], is_admin=True))


class Changes:
    """The services of the set-up, with one refused caller; keeps what was allowed."""

    monitor = MONITOR

    def __init__(self) -> None:
        self.changes: list[tuple[str, str]] = []

    def knocks(self) -> list[Knock]:
        return [knock(refusal="origin")]

    def allowed(self) -> list[AllowedOrigin]:
        return []

    def allow(self, _actor: Actor, purpose: str, origin: str) -> str:
        self.changes.append((purpose, origin))
        return origin


def test_a_click_allows_an_origin() -> None:
    app, setup = empty_application(), Changes()
    setup_page.register(app, page_services(setup=setup, viewer=lambda: ADA, settings=Settings()))
    button = {"type": knock_list.ALLOW, "purpose": REPORTS, "origin": ORIGIN}
    name = json.dumps(button, separators=(",", ":"), sort_keys=True) + ".n_clicks"
    changed = call(app, "setup-accepted.children", {name: 1}, triggered=name)
    assert setup.changes == [(REPORTS, ORIGIN)]
    assert "every worker follows" in json.dumps(changed).lower()


def test_a_token_is_made_on_the_spot_and_stands_in_the_lines() -> None:
    created: list[tuple[str, str]] = []

    def add_token(_actor: Actor, name: str, role: str) -> str:
        created.append((name, role))
        return "wsmon_secret"

    app = empty_application()
    services = page_services(
        setup=Changes(), viewer=lambda: ADA, settings=Settings(public_url="https://m.example"),
        accounts=SimpleNamespace(add_token=add_token),
    )  # fmt: skip
    setup_page.register(app, services)
    values = {"setup-kind.value": "fastapi", "setup-app.value": "chat", "setup-token.n_clicks": 1}
    changed = call(app, "setup-lines.children", values, triggered="setup-token.n_clicks")
    ((name, role),) = created
    assert (name.split()[0], role) == ("chat", "ingest")
    lines = json.dumps(changed["setup-lines"])
    assert "wsmon_secret" in lines
    assert "https://m.example/" in lines
    again = call(app, "setup-lines.children", values, triggered="setup-app.value")
    assert "wsmon_secret" not in json.dumps(again)


def test_the_first_chart_is_empty_until_there_is_a_report() -> None:
    point = SimpleNamespace(t=NOON, reports=3)
    start = NOON - first_chart.LENGTH
    summary: Any = SimpleNamespace(
        start=start, end=NOON, reports=3, sessions=1, series=[point], automated_sessions={}
    )
    content = first_chart.draw(summary, "portal", NOON, UTC)
    assert not content.is_empty
    assert content.table.rows == [[NOON.isoformat(), 3]]
    nothing: Any = SimpleNamespace(
        start=start, end=NOON, reports=0, sessions=0, series=[], automated_sessions={"headless": 1}
    )
    assert "headless" in first_chart.draw(nothing, "portal", NOON, UTC).empty_text
    assert setup_page.PAGE.address.endswith("/setup")
