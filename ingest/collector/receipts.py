"""Responses of the collector as plain values, for WSGI and Flask alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from flask import Response

from analytics.formatting import instants
from ingest.http.problems import MEDIA_TYPE, Problem, Unprocessable
from models.raw.events import Event

JSON = "application/json"
Row = TypeVar("Row")


class WsgiResponse(NamedTuple):
    """Status, headers and body of an HTTP response."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes

    def as_flask(self) -> Response:
        """The same as a response of Flask."""
        return Response(self.body, self.status, self.headers)


class Rejection(msgspec.Struct, frozen=True):
    """One item that was not accepted."""

    index: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Received(Generic[Row]):
    """The outcome of a request at the instant `at`: valid rows, and how many of them are new,
    duplicates or conflicts. `unknown` is the number of ignored fields."""

    at: datetime
    rejected: list[Rejection]
    rows: Sequence[Row] = ()
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    unknown: int = 0


class Receipt(msgspec.Struct, frozen=True):
    """What became of each item. `conflicts` are stored with another content, which stays.

    `server_time` is what clients stamp their reports with.
    """

    accepted: int
    duplicates: int
    conflicts: int
    rejected: list[Rejection]
    unknown_fields: int
    server_time: str


class EventReceipt(msgspec.Struct, frozen=True):
    """What became of an event. `stored` is false when it was stored before, `conflict` true when
    that was with another content, which stays."""

    event_id: UUID
    stored: bool
    conflict: bool
    server_time: str


_encode = msgspec.json.Encoder().encode


def of_batch(received: Received[Any]) -> WsgiResponse:
    """The receipt of a list: 201 when anything was accepted or is a duplicate, else 422."""
    is_stored = received.accepted or received.duplicates
    status = HTTPStatus.CREATED if is_stored else HTTPStatus.UNPROCESSABLE_ENTITY
    receipt = Receipt(
        received.accepted,
        received.duplicates,
        received.conflicts,
        received.rejected,
        received.unknown,
        _server_time(received),
    )
    return WsgiResponse(status, [("Content-Type", JSON)], _encode(receipt))


def of_event(received: Received[Event]) -> WsgiResponse:
    """201 with the id of the only event, or the 422 problem that names its field at fault."""
    for rejection in received.rejected:
        return of_problem(Unprocessable(rejection.reason, field=rejection.field))
    event_id = received.rows[0].event_id
    receipt = EventReceipt(
        event_id, bool(received.accepted), bool(received.conflicts), _server_time(received)
    )
    return WsgiResponse(HTTPStatus.CREATED, [("Content-Type", JSON)], _encode(receipt))


def of_problem(problem: Problem) -> WsgiResponse:
    """The problem document."""
    headers = [("Content-Type", MEDIA_TYPE)]
    if problem.retry_after is not None:
        headers.append(("Retry-After", str(problem.retry_after)))
    return WsgiResponse(problem.status, headers, _encode(problem.body()))


def _server_time(received: Received[Any]) -> str:
    return instants.iso8601(received.at, "milliseconds")
