"""Anonymous requests to every route: only the open ones respond."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.access import rules

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Dash's own paths, whether in Flask's URL map or behind its catch-all.
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


def is_rejected(client: FlaskClient, method: str, path: str) -> bool:
    response = client.open(path, method=method)
    is_login_redirect = response.status_code == 302 and response.location.startswith("/login?")
    return is_login_redirect or response.status_code in (401, 404, 405)


def test_only_open_routes_respond_to_anonymous_requests(app: Flask, client: FlaskClient) -> None:
    reached = [
        (method, path)
        for path in [*addresses(app), *OF_DASH, *TRICKS]
        for method in METHODS
        if not rules.is_open(method, path) and not is_rejected(client, method, path)
    ]
    assert reached == []


def test_closed_pages_leak_no_data(client: FlaskClient) -> None:
    for path in OF_DASH:
        assert b"_dash" not in client.get(path).data


def test_open_routes_are_those_of_the_contract() -> None:
    assert {path for _, path in rules.OPEN_ROUTES} == {
        "/", "/admin", "/api/ws/client-metrics", "/api/ws/health", "/api/ws/health/live",
        "/api/ws/health/ready", "/demo", "/login", "/sdk/websocket-client-monitor.js", "/ws",
        "/ws/echo",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/login", "/demo", "/static/tokens.css", "/api/ws/health/live"])
def test_open_routes_respond(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        assert response.status_code == 200


def test_health_hides_its_checks_from_anonymous_callers(client: FlaskClient) -> None:
    assert set(client.get("/api/ws/health").get_json()) == {"status"}
