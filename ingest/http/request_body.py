"""Body, media type and ingest key of a posted request, from its WSGI environment (PEP 3333)."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs

from ingest import payloads
from ingest.http.problems import BadRequest, TooLarge

LARGEST_BODY = 256_000

Environ = Mapping[str, Any]


def media_type(environ: Environ) -> str:
    """The media type of the body, without parameters."""
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def ingest_key(environ: Environ) -> str:
    """The key from `X-Ingest-Key`, `Authorization: Bearer` or `?key=`; empty without one."""
    key = environ.get("HTTP_X_INGEST_KEY")
    if key:
        return str(key)
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return parse_qs(str(environ.get("QUERY_STRING", ""))).get("key", [""])[0]


def body(environ: Environ, largest: int = LARGEST_BODY) -> bytes:
    """The complete body, chunked or with a length; never reads beyond `largest` bytes.

    Raises `TooLarge`, and `BadRequest` when the body is shorter than its Content-Length.
    """
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH"):
        data = cast(bytes, stream.read(largest + 1))
        if len(data) > largest:
            raise _too_large(largest)
        return data
    length = _length(environ, largest)
    if length > largest:
        raise _too_large(largest)
    data = cast(bytes, stream.read(length))
    if len(data) < length:
        raise BadRequest("The body ended before its Content-Length.")
    return data


def items(environ: Environ, list_name: str = "reports", largest: int = LARGEST_BODY) -> list[Any]:
    """The objects in the body: a single one, or the list `list_name`. Raises `BadRequest`, and as
    `body` does."""
    try:
        return payloads.items(body(environ, largest), list_name)
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None


def _length(environ: Environ, largest: int) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else largest + 1


def _too_large(largest: int) -> TooLarge:
    return TooLarge(f"The body is larger than {largest} bytes: send fewer reports.")
