"""The sign-in page and its two ways out: into the product, and out of it again."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request
from gevent import get_hub, monkey
from werkzeug.wrappers import Response as AnyResponse

from analytics.people import credentials
from ingest.http.problems import Forbidden
from models.database.engine import DatabaseAway
from models.people.accounts import Account, Accounts

from .identity import Identities
from .throttle import Throttle

HOME = "/admin/websocket-client-metrics"
LARGEST_FORM = 16_384
WRONG = "E-mail and password do not match."
AWAY = "The store is away, so nobody can sign in. Try again shortly."
PLACES = {
    "/admin/websocket-analytics": "Server",
    "/admin/websocket-client-metrics": "Client",
    "/admin/people": "People and tokens",
    "/api/docs": "the API description",
}


class Gate(Protocol):
    """What the page needs to know of the request."""

    def is_https(self) -> bool:
        """Whether people reach us over TLS."""

    def is_own_origin(self) -> bool:
        """Whether the request comes from our own page, or from no page."""


class Login:
    """`/login`, `/logout`, and the two redirects that lead to the product."""

    def __init__(
        self, gate: Gate, identities: Identities, accounts: Accounts, throttle: Throttle
    ) -> None:
        self._gate = gate
        self._identities = identities
        self._accounts = accounts
        self._throttle = throttle

    def register(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule("/login", "login", self.show, methods=["GET"])
        app.add_url_rule("/login", "login_post", self.sign_in, methods=["POST"])
        app.add_url_rule("/logout", "logout", self.sign_out, methods=["POST"])
        for path, name in (("/", "root"), ("/admin", "admin")):
            app.add_url_rule(path, name, lambda: redirect(HOME, 302), methods=["GET"])

    def show(self) -> AnyResponse:
        """The page, or straight on for who is signed in already."""
        try:
            if self._identities.by_cookie(request) is not None:
                return redirect(_next(), 302)
        except DatabaseAway:
            return _page(503, AWAY)
        return _page(200, "")

    def sign_in(self) -> AnyResponse:
        """Check the form and open a sign-in."""
        if not self._gate.is_own_origin():
            raise Forbidden("Sign in from our own page.")
        request.max_content_length = LARGEST_FORM
        email, password = request.form.get("email", "").strip(), request.form.get("password", "")
        try:
            wait = self._throttle.wait_seconds(email, request.remote_addr)
            if wait:
                return _too_many(wait)
            account = self._checked(email, password)
            if account is None:
                return _page(401, WRONG, email)
            return self._welcome(account)
        except DatabaseAway:
            return _page(503, AWAY, email)

    def sign_out(self) -> AnyResponse:
        """End the sign-in; the guard has checked that our own page asked for it."""
        answer = redirect("/login", 303)
        self._identities.sign_out(request, answer)
        return answer

    def _checked(self, email: str, password: str) -> Account | None:
        found = self._accounts.with_password(email) if "\0" not in email else None
        password_hash = found[1] if found else None
        right = _elsewhere(lambda: credentials.is_password(password, password_hash))
        return found[0] if found and right else None

    def _welcome(self, account: Account) -> AnyResponse:
        answer = redirect(_next(), 303)
        self._identities.sign_in(account, answer, is_https=self._gate.is_https())
        self._throttle.forgive(account.email)
        return answer


def _elsewhere(check: Callable[[], bool]) -> bool:
    """Run slow arithmetic in a real thread, so that a gevent worker serves others meanwhile."""
    if monkey.is_module_patched("threading"):
        return bool(get_hub().threadpool.apply(check))
    return check()


def _next() -> str:
    """Where to go after signing in: a path of ours, never another host."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted) if wanted.isprintable() else urlsplit("")
    is_ours = wanted.startswith(("/admin/", "/api/docs")) and not parts.netloc and not parts.scheme
    return wanted if is_ours and "\\" not in wanted else HOME


def _page(status: int, fault: str, email: str = "") -> Response:
    wanted = _next()
    place = PLACES.get(urlsplit(wanted).path, "") if request.values.get("next") else ""
    html = render_template("login.html", fault=fault, email=email[:254], next=wanted, place=place)
    return make_response(html, status)


def _too_many(wait_seconds: int) -> Response:
    minutes = -(-wait_seconds // 60)
    answer = _page(429, f"Too many attempts. Try again in {minutes} min.", "")
    answer.headers["Retry-After"] = str(wait_seconds)
    return answer
