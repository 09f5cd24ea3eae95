"""Identity of a WebSocket: its app, and the user named by a signed token.

A host application makes tokens with `user_token` and the installation's `SECRET_KEY`.
"""

import re
from collections.abc import Mapping

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ingest.http.problems import Forbidden

TOKEN_SECONDS = 86_400
LONGEST_TOKEN = 1024
LONGEST_USER = 256
DEFAULT_APP = "default"
_app = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,64}")


def is_app(name: str) -> bool:
    """Whether this is a valid app name."""
    return _app.fullmatch(name) is not None


def app_of(arguments: Mapping[str, str]) -> str:
    """The app that a connection is counted for; `default` without a valid name."""
    name = arguments.get("app") or DEFAULT_APP
    return name if is_app(name) else DEFAULT_APP


def user_token(secret_key: str, user: str) -> str:
    """A token for `/ws?token=`, valid for a day, that identifies `user`.

    Raises `ValueError` for a name that is empty or longer than 256 characters.
    """
    if not 0 < len(user) <= LONGEST_USER:
        raise ValueError(f"a user's name has 1 to {LONGEST_USER} characters")
    return _serializer(secret_key).dumps(user)


def user_of(arguments: Mapping[str, str], secret_key: str) -> str | None:
    """The user of the token, `None` without one. Raises `Forbidden` for an invalid token."""
    token = arguments.get("token")
    if not token:
        return None
    try:
        if len(token) > LONGEST_TOKEN:
            raise BadSignature("too long")
        user = _serializer(secret_key).loads(token, max_age=TOKEN_SECONDS)
    except BadSignature:
        raise Forbidden("The token is not one of ours, or older than a day.") from None
    return str(user)


def _serializer(secret_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt="websocket-user")
