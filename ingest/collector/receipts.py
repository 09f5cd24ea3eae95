"""An answer of the reception as plain values, the same below Flask and within it."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import msgspec

from analytics.formatting import instants
from ingest.http.problems import MEDIA_TYPE, Problem
from ingest.payloads import MOST_REPORTS

JSON = "application/json"


class Answer(NamedTuple):
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


def too_many(many: str) -> Rejection:
    """The first one beyond what a request may hold, where all are refused."""
    return Rejection(MOST_REPORTS, many, f"must hold at most {MOST_REPORTS}")


def receipt(
    accepted: int, duplicates: int, rejected: list[Rejection], now: datetime, unknown: int = 0
) -> Receipt:
    """The receipt as of `now`; `unknown` fields were ignored."""
    server_time = instants.written(now, "milliseconds")
    return Receipt(accepted, duplicates, rejected, unknown, server_time)


_encode = msgspec.json.Encoder().encode


def of_receipt(receipt: Receipt) -> Answer:
    """201 when something was taken in or had been, else 422."""
    taken = receipt.accepted or receipt.duplicates
    status = HTTPStatus.CREATED if taken else HTTPStatus.UNPROCESSABLE_ENTITY
    return Answer(status, [("Content-Type", JSON)], _encode(receipt))


def of_problem(problem: Problem) -> Answer:
    """The problem document."""
    headers = [("Content-Type", MEDIA_TYPE)]
    if problem.retry_after is not None:
        headers.append(("Retry-After", str(problem.retry_after)))
    return Answer(problem.status, headers, _encode(problem.body()))
