"""Browsers that signed in before: a signed cookie that authenticates nobody.

Whoever guesses passwords of an account uses up the attempts of those who never signed in to it; a
browser with this cookie has attempts of its own ("device cookie", OWASP: Slow Down Online Guessing
Attacks with Device Cookies).
"""

import hashlib
import hmac
from datetime import timedelta

from flask import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from analytics.people import credentials

from .identity import cookie_path

COOKIE = "wsmon_device"
LONGEST = timedelta(days=180)


class Devices:
    """Reads and sets the cookie; `key` signs it."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._signer = URLSafeTimedSerializer(key, salt="wsmon device")

    def device_of(self, incoming: Request, email: str) -> str | None:
        """The identifier of a browser that signed in to this account before."""
        text = incoming.cookies.get(COOKIE)
        if not text:
            return None
        try:
            claims = self._signer.loads(text, max_age=int(LONGEST.total_seconds()))
        except BadSignature:
            return None
        if not isinstance(claims, dict) or claims.get("account") != self._digest(email):
            return None
        return str(claims.get("device"))

    def remember(
        self, incoming: Request, email: str, response: Response, *, is_https: bool
    ) -> None:
        """Set the cookie after a sign-in, with a fresh identifier."""
        value = self._signer.dumps(
            {"account": self._digest(email), "device": credentials.new_token()}
        )
        response.set_cookie(
            COOKIE, value if isinstance(value, str) else value.decode(),
            max_age=int(LONGEST.total_seconds()), secure=is_https, httponly=True, samesite="Lax",
            path=cookie_path(incoming),
        )  # fmt: skip

    def _digest(self, email: str) -> str:
        text = "device " + email.strip().lower()
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return digest.hexdigest()[:32]
