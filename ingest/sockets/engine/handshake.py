"""The opening handshake, RFC 6455 section 4.2, from a WSGI environment: values in, bytes out.

Invalid requests are refused before the upgrade, by a plain HTTP response.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from ingest.http.problems import BadRequest, UpgradeRequired

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
VERSION = "13"
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")


CheckOrigin = Callable[[Mapping[str, Any]], None]


def accept(environ: Mapping[str, Any], check_origin: CheckOrigin) -> bytes:
    """The 101 response to this request. Raises `BadRequest`, `UpgradeRequired`, and what
    `check_origin` raises."""
    check_origin(environ)
    _require_upgrade(environ)
    key = _key(environ)
    digest = base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + digest + b"\r\n\r\n"
    )


def is_proxied(environ: Mapping[str, Any]) -> bool:
    """Whether a proxy passed the request on, as its headers say. A client can say so too, which
    changes no more than the name under which its own close is counted."""
    return any(name in environ for name in PROXY_HEADERS)


def _require_upgrade(environ: Mapping[str, Any]) -> None:
    if environ.get("REQUEST_METHOD") != "GET":
        raise BadRequest("A WebSocket opens with GET.")
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        raise BadRequest("A WebSocket needs HTTP/1.1.")
    if environ.get("HTTP_TRANSFER_ENCODING") or environ.get("CONTENT_LENGTH", "") not in ("", "0"):
        raise BadRequest("An opening handshake has no body.")
    if "websocket" not in _tokens(environ, "HTTP_UPGRADE"):
        raise UpgradeRequired("This address speaks WebSocket: send Upgrade: websocket.")
    if "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise BadRequest("The Connection header must name Upgrade.")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION", "").strip() != VERSION:
        raise UpgradeRequired("Only WebSocket version 13 is spoken.")


def _key(environ: Mapping[str, Any]) -> bytes:
    text = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()
    try:
        nonce = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        nonce = b""
    if len(nonce) != 16:
        raise BadRequest("Sec-WebSocket-Key must be 16 bytes in base64.")
    return bytes(text, "ascii")


def _tokens(environ: Mapping[str, Any], name: str) -> set[str]:
    return {token.strip().lower() for token in environ.get(name, "").split(",")}
