"""Every route there is, asked for by a stranger: only the open ones answer."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.access import rules

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Dash's own addresses, whether they stand in Flask's map or behind its catch-all.
OF_DASH = (
    "/admin/_dash-layout", "/admin/_dash-dependencies", "/admin/_dash-update-component",
    "/admin/_reload-hash", "/admin/_favicon.ico", "/admin/_alive_x",
    "/admin/_dash-component-suites/dash/deps/polyfill.min.js", "/admin/assets/panels.css",
    "/admin/_dash-mcp", "/admin/websocket-analytics", "/admin/websocket-client-metrics",
    "/admin/people", "/admin/anything", "/admin/",
)  # fmt: skip
TRICKS = (
    "/static/../admin/_dash-layout", "/static/%2e%2e/settings.py", "//admin/_dash-layout",
    "/admin//_dash-layout", "/ADMIN/_dash-layout", "/api/ws/health/../../openapi.json",
    "/api/ws/client-metrics/summary/", "/.env", "/settings.py", "/metrics", "/ws/live",
)  # fmt: skip


def addresses(app: Flask) -> list[str]:
    return sorted({re.sub(r"<[^>]+>", "x", rule.rule) for rule in app.url_map.iter_rules()})


def is_turned_away(client: FlaskClient, method: str, path: str) -> bool:
    answer = client.open(path, method=method)
    at_the_door = answer.status_code == 302 and answer.location.startswith("/login?")
    return at_the_door or answer.status_code in (401, 404, 405)


def test_only_what_is_listed_open_answers_a_stranger(app: Flask, client: FlaskClient) -> None:
    answered = [
        (method, path)
        for path in [*addresses(app), *OF_DASH, *TRICKS]
        for method in METHODS
        if not rules.is_open(method, path) and not is_turned_away(client, method, path)
    ]
    assert answered == []


def test_what_is_closed_gives_no_data_away(client: FlaskClient) -> None:
    for path in OF_DASH:
        assert b"_dash" not in client.get(path).data


def test_the_open_ones_are_the_ones_of_the_contract() -> None:
    assert {path for _, path in rules.OPEN} == {
        "/", "/admin", "/api/ws/client-metrics", "/api/ws/health", "/api/ws/health/live",
        "/api/ws/health/ready", "/demo", "/login", "/sdk/websocket-client-monitor.js", "/ws",
        "/ws/echo",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/demo", "/static/tokens.css", "/api/ws/health/live"])
def test_what_is_open_answers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code == 200


def test_health_keeps_its_checks_from_strangers(client: FlaskClient) -> None:
    assert set(client.get("/api/ws/health").get_json()) == {"status"}
