"""Which roles may use a route: rules by method and Flask rule, without any HTTP.

A route without a rule is denied to everybody, and an application that has one does not start.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

ANONYMOUS = "anonymous"
EVERYBODY = frozenset({ANONYMOUS, "ingest", "analyst", "admin"})
VIEWERS = frozenset({"analyst", "admin"})
SENDERS = frozenset({"ingest", "admin"})
ADMINS = frozenset({"admin"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_PREFIX = "/api/"
PAGE_PREFIX = "/admin/"
STATIC_PREFIX = "/static/"
# What is no route of the API: (method, rule) -> roles. Dash's own stand under `PAGE_PREFIX`.
SITE = {
    ("GET", "/sdk/websocket-client-monitor.js"): EVERYBODY,
    ("GET", "/sdk/<version>/<filename>"): EVERYBODY,
    ("GET", "/agents/"): EVERYBODY,
    ("GET", "/agents/<filename>"): EVERYBODY,
    ("GET", "/static/<path:filename>"): EVERYBODY,
    ("GET", "/demo"): EVERYBODY,
    ("GET", "/wall"): EVERYBODY,  # by the token of a link, which they check themselves
    ("GET", "/wall/figures"): EVERYBODY,
    ("GET", "/ws"): EVERYBODY,
    ("GET", "/ws/echo"): EVERYBODY,
    ("GET", "/ws/live"): VIEWERS,
    ("GET", "/login"): EVERYBODY,
    ("POST", "/login"): EVERYBODY,
    ("POST", "/logout"): VIEWERS,
    ("GET", "/"): EVERYBODY,
    ("GET", "/admin"): EVERYBODY,
}


class RouteWithoutRule(Exception):
    """Routes of the application that no rule names."""


class UrlRule(Protocol):
    """A route as Werkzeug's URL map holds it; `methods` is `None` for a WebSocket."""

    rule: str
    methods: set[str] | None


class Rules:
    """The rules of one application: those of `SITE`, and of each (method, rule) in `routes`."""

    def __init__(self, routes: Mapping[tuple[str, str], frozenset[str]]) -> None:
        self._roles = {**SITE, **routes}

    def roles_for(self, method: str, rule: str) -> frozenset[str]:
        """The roles that may use a route; nobody without a rule.

        OPTIONS that no rule names gets Flask's own response, the methods of the path: it is for
        viewers who may use each of those.
        """
        key = ("GET" if method == "HEAD" else method, rule)
        if key in self._roles:
            return self._roles[key]
        if rule.startswith(PAGE_PREFIX):
            return VIEWERS
        of_path = [roles for (_, other), roles in self._roles.items() if other == rule]
        if method == "OPTIONS" and of_path:
            return VIEWERS.intersection(*of_path)
        return frozenset()

    def require(self, url_rules: Iterable[UrlRule]) -> None:
        """Raise `RouteWithoutRule` when a route is for nobody."""
        missing = sorted(
            f"{method} {url_rule.rule}"
            for url_rule in url_rules
            for method in url_rule.methods or {"GET"}
            if not self.roles_for(method, url_rule.rule)
        )
        if missing:
            raise RouteWithoutRule(", ".join(missing))


def roles_elsewhere(method: str, path: str) -> frozenset[str]:
    """The roles that are told that a path does not exist, or not with this method."""
    is_change = path.startswith(API_PREFIX) and method not in SAFE_METHODS
    return ADMINS if is_change else VIEWERS
