"""WSGI middleware for an installation below a path: `PUBLIC_URL=https://example.com/monitor`.

A proxy may pass the path on as it came, as nginx, HAProxy, Caddy and Apache do unless told
otherwise, or without the prefix: both arrive here as the same request, whose `SCRIPT_NAME` is the
prefix. No first name of our own paths can be a prefix, so that the two cannot be confused.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def below(prefix: str, inner: "WSGIApplication") -> "WSGIApplication":
    """`inner` below `prefix`, such as `/monitor`; `inner` itself where it is empty."""
    if not prefix:
        return inner

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(prefix + "/"):
            path = path[len(prefix) :]
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix, path or "/"
        return inner(environ, start_response)

    return application
