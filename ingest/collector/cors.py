"""CORS of the collector: which origins may post, and the headers they may read."""

from collections.abc import Sequence

from ingest.http import origins
from ingest.http.request_body import Environ

PREFLIGHT = [
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, X-Ingest-Key, Authorization"),
    ("Access-Control-Max-Age", "86400"),
]
VARY = ("Vary", "Origin")


def is_allowed(environ: Environ, allowed: Sequence[str], public_url: str | None) -> bool:
    """Whether the request's `Origin` may post reports."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return True
    own = origins.own_origin(public_url, environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""))
    return origins.allows(origin, allowed, own)


def response_headers(environ: Environ) -> list[tuple[str, str]]:
    """Headers that let a page of an allowed origin read the response."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return [VARY]
    return [
        VARY,
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Expose-Headers", "Retry-After"),
    ]
