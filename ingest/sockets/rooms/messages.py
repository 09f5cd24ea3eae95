"""The language of `/ws`: JSON text frames with a `type`, each answered or refused by name.

Host applications teach it further types with `Types.register`. A fault of the peer is answered and
the connection stays; the bounds are per connection.
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

Request = dict[str, Any]


class Refused(Exception):
    """A request that is answered with an error. Attributes: `code`, `detail`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parsed(message: str | bytes) -> Request:
    """The request in a text frame. Raises `Refused` with `not-json` or `no-type`."""
    if isinstance(message, bytes):
        raise Refused("not-json", "send JSON in text frames")
    try:
        request = _decoder.decode(message)
    except (msgspec.DecodeError, RecursionError):
        raise Refused("not-json", "this is not a JSON object") from None
    if not isinstance(request.get("type"), str):
        raise Refused("no-type", "the object needs a type")
    return request


def room_of(request: Request) -> str:
    """The named room. Raises `Refused` with `bad-room`."""
    room = request.get("room")
    if not isinstance(room, str) or not _room.fullmatch(room):
        raise Refused("bad-room", f"room must be 1 to {LONGEST_ROOM} printable characters")
    return room


def identifier_of(request: Request) -> str | int | None:
    """The request's own id, returned with its answer; anything but text or a number is ignored."""
    identifier = request.get("id")
    if isinstance(identifier, str) and len(identifier) <= 128:
        return identifier
    return identifier if type(identifier) is int else None


def answer(kind: str, request: Request, **members: object) -> str:
    """An answer carrying the request's id when it had one."""
    body: dict[str, object] = {"type": kind, **members}
    identifier = identifier_of(request)
    if identifier is not None:
        body["id"] = identifier
    return msgspec.json.encode(body).decode()


class Types:
    """What may be asked, by type."""

    def __init__(self) -> None:
        self._handlers: dict[str, Callable[[Peer, Request], None]] = {}

    def register(self, name: str, handler: Callable[[Peer, Request], None]) -> None:
        """Teach a type. `handler(peer, request)` answers by `peer.send` or raises `Refused`.

        Raises `ValueError` for a name that is taken or no lower-case word.
        """
        if not _type.fullmatch(name) or name in self._handlers:
            raise ValueError(f"{name!r} is taken, or not a word of a-z, 0-9, dot, dash, underscore")
        self._handlers[name] = handler

    def __contains__(self, name: str) -> bool:
        """Whether this type is known."""
        return name in self._handlers

    def handle(self, peer: Peer, request: Request) -> None:
        """Run the handler. Raises `Refused`, with `unknown-type` when there is none."""
        name = request["type"]
        handler = self._handlers.get(name)
        if handler is None:
            known = ", ".join(sorted(self._handlers))
            raise Refused("unknown-type", f"known types are {known}")
        handler(peer, request)
