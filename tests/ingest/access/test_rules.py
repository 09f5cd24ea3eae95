"""Who gets in: the roles of every route are those of the contract."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.access import Access, rules
from ingest.api import ROUTES
from ingest.http import problems
from ingest.routing.route import access
from models.database.engine import Database
from settings import Settings
from tests.support.clock import Clock
from tests.support.servers.api_client import new_token
from tests.support.services import NO_SERVICES

OPEN = {
    "POST /api/ws/client-metrics", "OPTIONS /api/ws/client-metrics", "GET /ws", "GET /ws/echo",
    "GET /sdk/websocket-client-monitor.js", "GET /sdk/x/x", "GET /agents/",
    "GET /agents/x", "GET /demo", "GET /wall", "GET /wall/figures",
    "GET /login", "POST /login", "GET /", "GET /admin", "GET /api/ws/health",
    "GET /api/ws/health/live", "GET /api/ws/health/ready",
}  # fmt: skip
FOR_ADMINS = (
    "/api/ws/recipients", "/api/ws/deliveries", "/api/ws/alert-rules", "/api/ws/silences",
    "/api/ws/wall-links",
)  # fmt: skip
SLOW = {"test_recipient"}  # waits for another server
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
        if roles_of_the_contract(method, path) != rules.EVERYBODY
        and not is_rejected(client, method, path)
    ]
    assert reached == []


def test_closed_pages_leak_no_data(client: FlaskClient) -> None:
    for path in OF_DASH:
        assert b"_dash" not in client.get(path).data


def roles_of_the_contract(method: str, path: str) -> frozenset[str]:
    """The roles by CONTRACTS section 3, by the prefixes of paths instead of the route table."""
    method = "GET" if method == "HEAD" else method
    if f"{method} {path}" in OPEN or (method == "GET" and path.startswith("/static/")):
        return rules.EVERYBODY
    if f"{method} {path}" in ("POST /api/ws/server-metrics", "POST /api/ws/events"):
        return rules.SENDERS
    is_change = path.startswith("/api/") and method not in rules.SAFE_METHODS
    return rules.ADMINS if is_change or path.startswith(FOR_ADMINS) else rules.VIEWERS


def test_every_route_has_the_roles_of_the_contract(app: Flask) -> None:
    made = rules.Rules(access(ROUTES))
    compared = 0
    for url_rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x", url_rule.rule)
        for method in url_rule.methods or {"GET"}:
            roles, expected = (
                made.roles_for(method, url_rule.rule),
                roles_of_the_contract(method, path),
            )
            is_automatic = method == "OPTIONS" and expected != rules.EVERYBODY
            assert roles <= expected if is_automatic else roles == expected, (method, path)
            compared += 1
    assert compared > 100


def test_the_guard_lets_each_role_in_where_its_rule_says(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    made = rules.Rules(access(ROUTES))
    for role in ("ingest", "analyst", "admin"):
        headers = {"Authorization": f"Bearer {new_token(database, role)}"}
        for route in ROUTES:
            if route.name not in SLOW:
                path = re.sub(
                    r"{[^}]+}", str(uuid4()) if "uuid:" in route.rule else "7", route.path
                )
                refused = client.open(path, method=route.method, headers=headers).status_code == 403
                assert refused is (role not in made.roles_for(route.method, route.rule)), route.name


def test_a_route_without_a_rule_stops_the_application_and_is_denied(
    app: Flask, database: Database, settings: Settings
) -> None:
    made = rules.Rules({})
    with pytest.raises(rules.RouteWithoutRule, match="GET /api/ws/metrics"):
        made.require(app.url_map.iter_rules())
    small = Flask("small")
    guard = Access(settings, database, Clock(), made)
    problems.register(small, NO_SERVICES)
    guard.register(small, NO_SERVICES)
    guard.check_routes(Flask("empty", static_folder=None))
    small.add_url_rule("/api/unruled", view_func=lambda: "data")
    with pytest.raises(rules.RouteWithoutRule):
        guard.check_routes(small)
    bearer = {"Authorization": f"Bearer {new_token(database, 'admin')}"}
    assert small.test_client().get("/api/unruled", headers=bearer).status_code == 403
    assert small.test_client().get("/api/unruled").status_code == 401


@pytest.mark.parametrize("path", ["/login", "/demo", "/static/tokens.css", "/api/ws/health/live"])
def test_open_routes_respond(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        assert response.status_code == 200


def test_health_hides_its_checks_from_anonymous_callers(client: FlaskClient) -> None:
    assert set(client.get("/api/ws/health").get_json()) == {"status"}
