"""The command that starts a load test of this installation."""

import shlex
from urllib.parse import urlsplit

from flask import has_request_context, request

ACCOUNT_COMMAND = "./scripts/accounts token load-test --role admin > token"
DEFAULT_ORIGIN = "http://127.0.0.1:8050"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def origin(public_url: str | None) -> str:
    """The address of this installation: `PUBLIC_URL`, else that of the current request."""
    if public_url:
        return public_url
    if not has_request_context():
        return DEFAULT_ORIGIN
    return f"{request.scheme}://{request.host}{request.script_root}"


def command_for(address: str) -> str:
    """The command line; for another machine than the one it is typed on with its consent."""
    parts = urlsplit(address)
    url = f"{parts.scheme.replace('http', 'ws', 1)}://{parts.netloc}{parts.path}"
    line = f"./test_websocket_load.sh medium --url {shlex.quote(url)} --token-file token"
    return line if parts.hostname in LOOPBACK else f"{line} --yes-i-own-this"
