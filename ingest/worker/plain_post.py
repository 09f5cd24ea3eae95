"""A posted report that is whole in the bytes read of its connection, as a WSGI environment.

Gunicorn's parser takes a fourth of the time of a post. Nearly every post needs none of what it
judges: one regular expression tells the plain ones. It accepts less than gunicorn does, and reads
what it accepts as gunicorn does; whatever it does not match is left to gunicorn, byte for byte, so
that one parser says what is refused.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

LONGEST_LENGTH = 7  # digits; the largest body has six
KEEP_ALIVE, CLOSE = "keep-alive", "close"
# Request line and fields (RFC 9112, sections 3 and 5): origin-form without percent-encoding, names
# without `_`, values without controls, no folding, every line ended by CRLF.
_head = re.compile(
    rb"POST (/(?:[A-Za-z0-9._~-]+/)*api/ws/client-metrics)(?:\?([!\"$-~]*))? HTTP/1\.1\r\n"
    rb"((?:[A-Za-z0-9-]+:[\t -~\x80-\xff]*\r\n)+)\r\n"
)
# What decides where the body ends, asks for an answer before it or for another protocol.
_LEFT_TO_GUNICORN = frozenset(("HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_UPGRADE"))
_OF_CGI = frozenset(("CONTENT_TYPE", "CONTENT_LENGTH"))


class PlainPost(NamedTuple):
    """Its part of the environment (PEP 3333), its body, how many bytes both took, and whether the
    connection is to be closed after it."""

    environ: dict[str, Any]
    body: bytes
    size: int
    is_last: bool


def read(received: bytes, longest_head: int, most_fields: int) -> PlainPost | None:
    """The post that `received` begins with; `None` unless it is whole and plain, with a head of at
    most so many bytes and fields."""
    head = _head.match(received)
    if head is None or head.end() > longest_head:
        return None
    environ = _fields(head[3].decode("latin-1"), most_fields)
    if environ is None:
        return None
    start, end = head.end(), head.end() + int(environ["CONTENT_LENGTH"])
    if end > len(received):
        return None
    path = head[1].decode("ascii")
    query = (head[2] or b"").decode("ascii")
    environ["PATH_INFO"], environ["QUERY_STRING"] = path, query
    environ["RAW_URI"] = path if head[2] is None else f"{path}?{query}"
    is_last = environ.get("HTTP_CONNECTION", "").lower() == CLOSE
    return PlainPost(environ, received[start:end], end, is_last)


def _fields(block: str, most: int) -> dict[str, Any] | None:
    """The fields by their names in the environment; `None` when they are not plain."""
    environ: dict[str, Any] = {}
    lines = block.split("\r\n")
    lines.pop()
    for line in lines:
        name, _, value = line.partition(":")
        environ[_key(name)] = value.strip(" \t")
    length = environ.get("CONTENT_LENGTH", "")
    is_plain = (
        len(environ) == len(lines) <= most
        and environ.keys().isdisjoint(_LEFT_TO_GUNICORN)
        and environ.get("HTTP_CONNECTION", KEEP_ALIVE).lower() in (KEEP_ALIVE, CLOSE)
        and length.isascii()
        and length.isdigit()
        and len(length) <= LONGEST_LENGTH
    )
    return environ if is_plain else None


@lru_cache(maxsize=512)
def _key(name: str) -> str:
    """Of a field in the environment."""
    key = name.upper().replace("-", "_")
    return key if key in _OF_CGI else "HTTP_" + key
