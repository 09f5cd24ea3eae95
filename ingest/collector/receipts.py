"""Responses of the collector as plain values, for WSGI and Flask alike."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import msgspec

from analytics.formatting import instants
from ingest.http.problems import MEDIA_TYPE, Problem
from ingest.payloads import MOST_REPORTS

JSON = "application/json"


class WsgiResponse(NamedTuple):
    """Status, headers and body of an HTTP response."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes


class Rejection(msgspec.Struct, frozen=True):
    """One report that was not accepted."""

    index: int
    field: str
    reason: str


class Receipt(msgspec.Struct, frozen=True):
    """What became of each report. `server_time` is what clients stamp their reports with."""

    accepted: int
    duplicates: int
    rejected: list[Rejection]
    unknown_fields: int
    server_time: str


def too_many(list_name: str) -> Rejection:
    """The rejection of a whole list that is too long, at its first excess index."""
    return Rejection(MOST_REPORTS, list_name, f"must hold at most {MOST_REPORTS}")


def receipt(
    accepted: int, duplicates: int, rejected: list[Rejection], now: datetime, unknown: int = 0
) -> Receipt:
    """The receipt at `now`; `unknown` is the number of ignored fields."""
    server_time = instants.iso8601(now, "milliseconds")
    return Receipt(accepted, duplicates, rejected, unknown, server_time)


_encode = msgspec.json.Encoder().encode


def of_receipt(receipt: Receipt) -> WsgiResponse:
    """201 when anything was accepted or is a duplicate, else 422."""
    is_stored = receipt.accepted or receipt.duplicates
    status = HTTPStatus.CREATED if is_stored else HTTPStatus.UNPROCESSABLE_ENTITY
    return WsgiResponse(status, [("Content-Type", JSON)], _encode(receipt))


def of_problem(problem: Problem) -> WsgiResponse:
    """The problem document."""
    headers = [("Content-Type", MEDIA_TYPE)]
    if problem.retry_after is not None:
        headers.append(("Retry-After", str(problem.retry_after)))
    return WsgiResponse(problem.status, headers, _encode(problem.body()))
