"""Cross-origin rules of the reception (CORS): who may post from a page, and what it may read."""

from collections.abc import Sequence

from flask import Request, Response

from ingest import origins

PREFLIGHT_SECONDS = "86400"
MAY_SEND = "Content-Type, X-Ingest-Key, Authorization"


def is_allowed(request: Request, allowed: Sequence[str], public_url: str | None) -> bool:
    """Whether the request's `Origin` may post reports."""
    own = origins.own_origin(public_url, request.scheme, request.host)
    return origins.allows(request.headers.get("Origin"), allowed, own)


def let_read(response: Response, origin: str | None) -> Response:
    """Let the page at an allowed `origin` read the answer."""
    response.headers.add("Vary", "Origin")
    if origin is not None:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response


def preflight(origin: str | None) -> Response:
    """The answer to `OPTIONS` from an allowed origin."""
    response = let_read(Response(status=204), origin)
    response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = MAY_SEND
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response
