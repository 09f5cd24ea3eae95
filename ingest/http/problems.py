"""Everything the HTTP interface refuses, as RFC 9457 problem documents.

Problem
  BadRequest 400, Unauthorized 401, Forbidden 403, NotFound 404, Conflict 409,
  TooLarge 413, UnsupportedMediaType 415, Unprocessable 422, TooManyRequests 429, Away 503
"""

from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from models.database.engine import DatabaseAway

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2


class Problem(Exception):
    """A refusal with its status; `detail` says what was wrong and what to do."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self, detail: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        if self.field is not None:
            document["field"] = self.field
        return document

    def response(self) -> Response:
        """The problem as an HTTP response, with `Retry-After` in seconds where it is known."""
        answer = Response(msgspec.json.encode(self.body()), self.status, content_type=MEDIA_TYPE)
        if self.retry_after is not None:
            answer.headers["Retry-After"] = str(self.retry_after)
        return answer


class BadRequest(Problem):
    """The request cannot be understood."""

    status = HTTPStatus.BAD_REQUEST


class Unauthorized(Problem):
    """Nobody is signed in, or the token is unknown."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Problem):
    """The caller is known but may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """There is nothing here."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The thing is in a state that does not allow this."""

    status = HTTPStatus.CONFLICT


class TooLarge(Problem):
    """The body is larger than the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(Problem):
    """The body has a type we do not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Unprocessable(Problem):
    """Understood, but a value is not acceptable."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class UpgradeRequired(Problem):
    """Only WebSocket version 13 is spoken here (RFC 6455 section 4.4)."""

    status = HTTPStatus.UPGRADE_REQUIRED

    def response(self) -> Response:
        """The problem, naming what to upgrade to."""
        answer = super().response()
        answer.headers.update({"Upgrade": "websocket", "Sec-WebSocket-Version": "13"})
        return answer


class TooManyRequests(Problem):
    """Over the rate; `retry_after` says when to come back."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Away(Problem):
    """The store cannot be reached now; nothing of this request was acknowledged."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def register(app: Flask) -> None:
    """Answer every `Problem` with its document, and whatever else goes wrong under `/api` too."""
    app.register_error_handler(Problem, _answered)
    app.register_error_handler(DatabaseAway, _away)
    app.register_error_handler(HTTPException, _refused)


def _answered(problem: Problem) -> Response:
    return problem.response()


def _away(_fault: DatabaseAway) -> Response:
    detail = "The database does not answer now. Try again in a moment."
    return Away(detail, retry_after=RETRY_SECONDS).response()


def _refused(fault: HTTPException) -> Response | HTTPException:
    """What Flask itself refuses; pages keep its own answer. `Allow` and the like are kept."""
    if not request.path.startswith("/api/") or fault.code is None or fault.code < 400:
        return fault
    status = HTTPStatus(fault.code)
    body = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    body["detail"] = fault.description or status.description or status.phrase
    answer = Response(msgspec.json.encode(body), status, content_type=MEDIA_TYPE)
    kept = [header for header in fault.get_headers() if header[0] != "Content-Type"]
    answer.headers.extend(kept)
    return answer
