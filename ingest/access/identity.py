"""Authentication of a request: a bearer token, or the signed cookie of a sign-in."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from analytics.people import credentials
from analytics.permission.actor import Actor
from models.people.accounts import Account, Accounts
from models.people.api_tokens import ApiTokens

COOKIE = "wsmon_session"
CSRF_COOKIE = "_csrf_token"  # Dash reads this one and sends it back in the header below
CSRF_HEADER = "X-CSRFToken"
CSRF_FIELD = "csrf_token"
LONGEST_SIGN_IN = timedelta(hours=12)


def cookie_path(incoming: Request) -> str:
    """The path of our cookies: that of the installation, so that what else lives on its host gets
    none of them."""
    return incoming.script_root + "/"


class Identities:
    """Authenticates requests, starts and ends sign-ins."""

    def __init__(
        self, accounts: Accounts, tokens: ApiTokens, key: str, now: Callable[[], datetime]
    ) -> None:
        self._accounts = accounts
        self._tokens = tokens
        self._key = key.encode()
        self._signer = URLSafeTimedSerializer(key, salt="wsmon sign-in")
        self._now = now

    def by_token(self, incoming: Request) -> Actor | None:
        """The actor of an `Authorization: Bearer` header. Raises `DatabaseAway`."""
        scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        api_token = self._tokens.find(credentials.hashed_token(token.strip()), self._now())
        return Actor(f"token {api_token.name}", api_token.role) if api_token else None

    def by_cookie(self, incoming: Request) -> Actor | None:
        """The actor of a sign-in that has not ended. Raises `DatabaseAway`."""
        claims = self._claims(incoming)
        if claims is None:
            return None
        account = self._accounts.signed_in(credentials.hashed_token(claims["secret"]), self._now())
        return Actor(account.email, account.role, account.id) if account else None

    def claimed(self, incoming: Request) -> Actor | None:
        """The actor named by the signed cookie, unverified: for when the database is down."""
        claims = self._claims(incoming)
        return Actor(claims["email"], claims["role"]) if claims else None

    def sign_in(
        self, incoming: Request, account: Account, response: Response, *, is_https: bool
    ) -> None:
        """Start a sign-in with a fresh secret and set its cookies. Raises `DatabaseAway`."""
        secret, now = credentials.new_token(), self._now()
        self._accounts.sign_in(
            account.id, credentials.hashed_token(secret), now, now + LONGEST_SIGN_IN
        )
        claims = {"secret": secret, "email": account.email, "role": account.role}
        seconds = int(LONGEST_SIGN_IN.total_seconds())
        value = self._signer.dumps(claims)
        for name, text, hidden in (
            (COOKIE, value if isinstance(value, str) else value.decode(), True),
            (CSRF_COOKIE, self._csrf(secret), False),
        ):
            response.set_cookie(
                name, text, max_age=seconds, secure=is_https, httponly=hidden, samesite="Lax",
                path=cookie_path(incoming),
            )  # fmt: skip

    def sign_out(self, incoming: Request, response: Response) -> None:
        """End the sign-in and delete its cookies."""
        claims = self._claims(incoming)
        if claims is not None:
            self._accounts.sign_out(credentials.hashed_token(claims["secret"]))
        response.delete_cookie(COOKIE, path=cookie_path(incoming))
        response.delete_cookie(CSRF_COOKIE, path=cookie_path(incoming))

    def sign_in_hash(self, incoming: Request) -> bytes | None:
        """The hash that a sign-in is stored under, `None` without a validly signed cookie."""
        claims = self._claims(incoming)
        return credentials.hashed_token(claims["secret"]) if claims else None

    def has_csrf_token(self, incoming: Request) -> bool:
        """Whether an unsafe request carries the CSRF token, which only our pages can read."""
        claims = self._claims(incoming)
        token = incoming.headers.get(CSRF_HEADER) or ""
        if not token and incoming.mimetype != "application/json":
            token = incoming.form.get(CSRF_FIELD, "")
        return claims is not None and hmac.compare_digest(
            token.encode("utf-8", "surrogatepass"), self._csrf(claims["secret"]).encode()
        )

    def csrf_token(self, incoming: Request) -> str:
        """The CSRF token for a form; empty without a sign-in."""
        claims = self._claims(incoming)
        return self._csrf(claims["secret"]) if claims else ""

    def _claims(self, incoming: Request) -> dict[str, str] | None:
        text = incoming.cookies.get(COOKIE)
        if not text:
            return None
        try:
            claims = self._signer.loads(text, max_age=int(LONGEST_SIGN_IN.total_seconds()))
        except BadSignature:
            return None
        return claims if isinstance(claims, dict) else None

    def _csrf(self, secret: str) -> str:
        return hmac.new(self._key, b"csrf " + secret.encode(), hashlib.sha256).hexdigest()
