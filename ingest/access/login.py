"""The sign-in page, signing in and signing out."""

from typing import Protocol
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from analytics.people import credentials
from analytics.services.services import Services
from ingest.proxies.mismatch import Mismatch
from ingest.worker import native_thread
from models.database.engine import DatabaseAway
from models.people.accounts import Account, Accounts

from .identity import Identities

HOME = "/admin/websocket-client-metrics"
LARGEST_FORM = 16_384
BAD_SIGN_IN = "E-mail and password do not match."
STORE_UNAVAILABLE = "The store is away, so nobody can sign in. Try again shortly."
PAGE_TITLES = {
    "/admin/websocket-analytics": "Server",
    "/admin/websocket-client-metrics": "Client",
    "/admin/people": "People and tokens",
    "/admin/account": "Your account",
    "/admin/setup": "Set up",
    "/api/docs": "the API description",
}


class RequestOrigin(Protocol):
    """Transport, origin and attempts of the current request."""

    def is_https(self) -> bool:
        """Whether clients reach us over TLS."""

    def is_own_origin(self) -> bool:
        """Whether `Origin` is our own or absent."""

    def mismatch(self) -> Mismatch:
        """Between the origin of the request and ours."""

    def wait_seconds(self, email: str) -> int:
        """Count an attempt: 0 when allowed, else seconds until the next one would be."""

    def reset(self, email: str) -> None:
        """Forget the attempts after a successful one."""

    def remember_device(self, email: str, response: AnyResponse) -> None:
        """Have this browser's attempts counted on their own from now on."""


class Login:
    """`/login`, `/logout`, and the two redirects that lead to the product."""

    def __init__(self, origin: RequestOrigin, identities: Identities, accounts: Accounts) -> None:
        self._origin = origin
        self._identities = identities
        self._accounts = accounts

    def register(self, app: Flask, _services: Services) -> None:
        """Add the routes."""
        app.add_url_rule("/login", "login", self.show, methods=["GET"])
        app.add_url_rule("/login", "login_post", self.sign_in, methods=["POST"])
        app.add_url_rule("/logout", "logout", self.sign_out, methods=["POST"])
        for path, name in (("/", "root"), ("/admin", "admin")):
            app.add_url_rule(path, name, lambda: redirect(_address(HOME), 302), methods=["GET"])

    def show(self) -> AnyResponse:
        """The page, or a redirect when already signed in."""
        try:
            if self._identities.by_cookie(request) is not None:
                return redirect(_address(_next_path()), 302)
        except DatabaseAway:
            return _page(503, STORE_UNAVAILABLE)
        return _page(200, "")

    def sign_in(self) -> AnyResponse:
        """Check the form and start a sign-in."""
        if not self._origin.is_own_origin():
            mismatch = self._origin.mismatch()
            return make_response(render_template("other_address.html", mismatch=mismatch), 403)
        request.max_content_length = LARGEST_FORM
        email, password = request.form.get("email", "").strip(), request.form.get("password", "")
        try:
            wait = self._origin.wait_seconds(email)
            if wait:
                return _too_many(wait)
            account = self._authenticated(email, password)
            if account is None:
                return _page(401, BAD_SIGN_IN, email)
            return self._signed_in_response(account)
        except DatabaseAway:
            return _page(503, STORE_UNAVAILABLE, email)

    def sign_out(self) -> AnyResponse:
        """End the sign-in; the guard has checked the CSRF token."""
        response = redirect(_address("/login"), 303)
        self._identities.sign_out(request, response)
        return response

    def _authenticated(self, email: str, password: str) -> Account | None:
        account_and_hash = self._accounts.with_password(email) if "\0" not in email else None
        password_hash = account_and_hash[1] if account_and_hash else None
        is_right = native_thread.run(lambda: credentials.is_password(password, password_hash))
        return account_and_hash[0] if account_and_hash and is_right else None

    def _signed_in_response(self, account: Account) -> AnyResponse:
        response = redirect(_address(_next_path()), 303)
        self._identities.sign_in(request, account, response, is_https=self._origin.is_https())
        self._origin.reset(account.email)
        self._origin.remember_device(account.email, response)
        return response


def _address(path: str) -> str:
    """A path of ours as the browser knows it: below the path of the installation."""
    return request.script_root + path


def _next_path() -> str:
    """The redirect target after sign-in: one of our paths, never another host (open redirect)."""
    path = request.values.get("next", "").removeprefix(request.script_root)
    parts = urlsplit(path) if path.isprintable() else urlsplit("")
    is_ours = path.startswith(("/admin/", "/api/docs")) and not parts.netloc and not parts.scheme
    return path if is_ours and "\\" not in path else HOME


def _page(status: int, fault: str, email: str = "") -> Response:
    next_path = _next_path()
    page_title = PAGE_TITLES.get(urlsplit(next_path).path, "") if request.values.get("next") else ""
    html = render_template(
        "login.html", fault=fault, email=email[:254], next=next_path, page_title=page_title
    )
    return make_response(html, status)


def _too_many(wait_seconds: int) -> Response:
    minutes = -(-wait_seconds // 60)
    response = _page(429, f"Too many attempts. Try again in {minutes} min.", "")
    response.headers["Retry-After"] = str(wait_seconds)
    return response
