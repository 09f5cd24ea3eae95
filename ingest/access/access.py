"""The guard: authenticates and authorises every request before its route."""

from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from analytics.permission.actor import Actor
from analytics.services.services import Services
from ingest.http import error_page, origins
from ingest.http.problems import Forbidden, ServiceUnavailable, Unauthorized
from ingest.proxies.mismatch import Mismatch, mismatch_of
from models.database.engine import Database, DatabaseAway
from models.people.accounts import Accounts
from models.people.api_tokens import ApiTokens
from models.people.login_attempts import LoginAttempts
from settings import Settings

from . import headers, rules
from .devices import Devices
from .identity import Identities
from .login import Login
from .rules import Rules
from .secret_key import secret_key
from .throttle import Attempt, Throttle

RETRY_SECONDS = 5


class Access:
    """Authentication and authorisation of the current request, and its security headers."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        now: Callable[[], datetime],
        route_rules: Rules,
    ) -> None:
        self._settings = settings
        self._rules = route_rules
        key, accounts = secret_key(settings), Accounts(database)
        self._identities = Identities(accounts, ApiTokens(database), key, now)
        self._throttle = Throttle(LoginAttempts(database), key, now)
        self._devices = Devices(key)
        self._login = Login(self, self._identities, accounts)
        self._policy = headers.policy(())

    def viewer(self) -> Actor | None:
        """The authenticated actor, `None` for an anonymous request. Raises `DatabaseAway`.

        While the database is down, the actor named by a validly signed cookie may open pages,
        which then report the outage; no data can be read or changed meanwhile.
        """
        if "actor" not in g:
            g.by_cookie = False
            g.actor = self._identities.by_token(request) or self._by_cookie()
        actor: Actor | None = g.actor
        return actor

    def sign_in_hash(self) -> bytes | None:
        """The hash that the sign-in of the current request is stored under, if it has one."""
        return self._identities.sign_in_hash(request)

    def wait_seconds(self, email: str) -> int:
        """Count an attempt of the current request at a password, with those at `/login`. Raises
        `DatabaseAway`."""
        return self._throttle.wait_seconds(self._attempt(email))

    def reset(self, email: str) -> None:
        """Forget the attempts after the right password. Raises `DatabaseAway`."""
        self._throttle.reset(self._attempt(email))

    def remember_device(self, email: str, response: AnyResponse) -> None:
        """Have this browser's attempts at the account counted on their own from now on."""
        self._devices.remember(request, email, response, is_https=self.is_https())

    def allow_scripts(self, hashes: Iterable[str]) -> None:
        """Let inline scripts with these hashes (`sha256-...`) run."""
        self._policy = headers.policy(hashes)

    def register(self, app: Flask, services: Services) -> None:
        """Add the guard to `app`, before every route, and the sign-in page."""
        app.before_request(self.guard)
        app.after_request(self.secure)
        self._login.register(app, services)

    def check_routes(self, app: Flask) -> None:
        """Raise `RouteWithoutRule` unless every route of `app` has a rule. Call it last."""
        self._rules.require(app.url_map.iter_rules())

    def guard(self) -> AnyResponse | None:
        """`None` lets the request pass; a response ends it. Raises `Problem`."""
        method = request.method
        if request.url_rule is None:
            roles = rules.roles_elsewhere(method, request.path)
        else:
            roles = self._rules.roles_for(method, request.url_rule.rule)
        if rules.ANONYMOUS in roles:
            return None
        try:
            actor = self.viewer()
        except DatabaseAway as fault:
            raise ServiceUnavailable(
                "The store is away; try again shortly.", retry_after=RETRY_SECONDS
            ) from fault
        if actor is None:
            return self._unauthenticated()
        if actor.role not in roles:
            raise Forbidden(f"This needs another role than {actor.role}.")
        if g.by_cookie and method not in rules.SAFE_METHODS and not self._is_csrf_safe():
            raise Forbidden("The request did not come from our own page: reload it and try again.")
        return None

    def secure(self, response: Response) -> Response:
        """Add the security headers."""
        return headers.secure(
            response,
            self._policy,
            is_private=not request.path.startswith(
                (rules.STATIC_PREFIX, "/sdk/", "/agents/", "/admin/_dash-comp")
            ),
            is_https=self.is_https(),
        )

    def is_https(self) -> bool:
        """Whether clients reach us over TLS."""
        return request.is_secure or (self._settings.public_url or "").startswith("https:")

    def is_own_origin(self) -> bool:
        """Whether `Origin` is our own or absent."""
        own = origins.own_origin(self._settings.public_origin, request.scheme, request.host)
        return origins.allows(request.headers.get("Origin"), (), own)

    def mismatch(self) -> Mismatch:
        """Between the origin of the current request and our own."""
        return mismatch_of(request.environ, self._settings)

    def _attempt(self, email: str) -> Attempt:
        return Attempt(email, request.remote_addr, self._devices.device_of(request, email))

    def _is_csrf_safe(self) -> bool:
        return self.is_own_origin() and self._identities.has_csrf_token(request)

    def _by_cookie(self) -> Actor | None:
        try:
            actor = self._identities.by_cookie(request)
        except DatabaseAway:
            if not request.path.startswith(rules.PAGE_PREFIX):
                raise
            actor = self._identities.claimed(request)
        g.by_cookie = actor is not None
        return actor

    def _unauthenticated(self) -> AnyResponse:
        path = request.path
        is_page = path.startswith(rules.PAGE_PREFIX) and not path.startswith(
            ("/admin/_", "/admin/assets/")
        )
        if request.method == "GET" and (is_page or path == "/api/docs"):
            target = path + ("?" + request.query_string.decode() if request.query_string else "")
            return redirect(request.script_root + "/login?" + urlencode({"next": target}), 302)
        problem = Unauthorized("Sign in, or send a token as Authorization: Bearer.")
        response = problem.response()
        if error_page.is_for_browser():
            response = error_page.response(problem.status, "This address is for people signed in.")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response


def trust_proxies(app: Flask, settings: Settings) -> None:
    """Trust `X-Forwarded-*` of `TRUSTED_PROXY_HOPS` proxies. Call it last.

    `X-Forwarded-Host` only while `PUBLIC_URL` is unset: with it our own origin is known, and nginx
    and HAProxy pass on a client's header unless told otherwise.
    """
    hops = settings.trusted_proxy_hops
    if hops:
        hosts = 0 if settings.public_url else hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask says to add middleware
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hosts
        )
