"""CORS of the collector: the headers that pages of allowed origins may send and read."""

from ingest.http.request_body import Environ

PREFLIGHT = [
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, X-Ingest-Key, Authorization"),
    ("Access-Control-Max-Age", "86400"),
]
VARY = ("Vary", "Origin")


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
