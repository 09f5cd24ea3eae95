"""The protocol of `/ws`: JSON text frames with a `type`, each with a reply or a named error.

Host applications add types with `MessageTypes.register`. After an error the connection stays open;
limits are per connection.
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from .peer import Peer

LONGEST_ROOM = 128
LONGEST_TYPE = 48
_room = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_ROOM}}}")
_type = re.compile(rf"[a-z][a-z0-9_.-]{{0,{LONGEST_TYPE - 1}}}")
_decoder = msgspec.json.Decoder(dict[str, Any])

ClientRequest = dict[str, Any]


class RequestRejected(Exception):
    """A request gets an error reply. Attributes: `code`, `detail`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parse_request(message: str | bytes) -> ClientRequest:
    """The request in a text frame. Raises `RequestRejected` with `not-json` or `no-type`."""
    if isinstance(message, bytes):
        raise RequestRejected("not-json", "send JSON in text frames")
    try:
        request = _decoder.decode(message)
    except (msgspec.DecodeError, RecursionError):
        raise RequestRejected("not-json", "this is not a JSON object") from None
    if not isinstance(request.get("type"), str):
        raise RequestRejected("no-type", "the object needs a type")
    return request


def room_of(request: ClientRequest) -> str:
    """The request's room. Raises `RequestRejected` with `bad-room`."""
    room = request.get("room")
    if not isinstance(room, str) or not _room.fullmatch(room):
        raise RequestRejected("bad-room", f"room must be 1 to {LONGEST_ROOM} printable characters")
    return room


def identifier_of(request: ClientRequest) -> str | int | None:
    """The request's id, echoed in its reply; anything but text or an integer is ignored."""
    identifier = request.get("id")
    if isinstance(identifier, str) and len(identifier) <= 128:
        return identifier
    return identifier if type(identifier) is int else None


def reply(kind: str, request: ClientRequest, **members: object) -> str:
    """A reply as JSON, with the request's id when it has one."""
    body: dict[str, object] = {"type": kind, **members}
    identifier = identifier_of(request)
    if identifier is not None:
        body["id"] = identifier
    return msgspec.json.encode(body).decode()


class MessageTypes:
    """The handlers by message type."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Peer, ClientRequest], None]] = {}

    def register(self, name: str, handler: Callable[[Peer, ClientRequest], None]) -> None:
        """Add a type. `handler(peer, request)` replies by `peer.send` or raises `RequestRejected`.

        Raises `ValueError` for a name that is taken or malformed.
        """
        if not _type.fullmatch(name) or name in self._handlers:
            raise ValueError(f"{name!r} is taken, or not a word of a-z, 0-9, dot, dash, underscore")
        self._handlers[name] = handler

    def __contains__(self, name: str) -> bool:
        """Whether this type is registered."""
        return name in self._handlers

    def handle(self, peer: Peer, request: ClientRequest) -> None:
        """Run the handler. Raises `RequestRejected`, with `unknown-type` when there is none."""
        name = request["type"]
        handler = self._handlers.get(name)
        if handler is None:
            registered = ", ".join(sorted(self._handlers))
            raise RequestRejected("unknown-type", f"known types are {registered}")
        handler(peer, request)
