"""Errors of the HTTP interface as RFC 9457 problem documents.

Problem
  BadRequest 400, Unauthorized 401, Forbidden 403, NotFound 404, RequestTimeout 408,
  Conflict 409, TooLarge 413, UnsupportedMediaType 415, Unprocessable 422, UpgradeRequired 426,
  TooManyRequests 429, ServiceUnavailable 503
"""

from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from analytics.services.services import Services
from ingest.http import error_page
from models.database.engine import DatabaseAway

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2


class Problem(Exception):
    """An error response with its status; `detail` says what was wrong and what to do. `outcome`
    labels it among ingest outcomes, where the status alone does not."""

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    type: ClassVar[str] = "about:blank"

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        outcome: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.retry_after = retry_after
        self.outcome = outcome

    def body(self) -> dict[str, Any]:
        """The members of the problem document."""
        document: dict[str, Any] = {
            "type": self.type,
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        if self.field is not None:
            document["field"] = self.field
        return document

    def response(self) -> Response:
        """The problem as an HTTP response, with `Retry-After` in seconds when set."""
        response = Response(msgspec.json.encode(self.body()), self.status, content_type=MEDIA_TYPE)
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


class BadRequest(Problem):
    """The request cannot be understood."""

    status = HTTPStatus.BAD_REQUEST


class Unauthorized(Problem):
    """Nobody is signed in, or the token is unknown."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Problem):
    """The caller is authenticated but not permitted."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """The resource does not exist."""

    status = HTTPStatus.NOT_FOUND


class RequestTimeout(Problem):
    """The body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT


class Conflict(Problem):
    """The resource is in a state that does not allow this."""

    status = HTTPStatus.CONFLICT


class TooLarge(Problem):
    """The body is larger than the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(Problem):
    """The body has a type we do not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Unprocessable(Problem):
    """Well-formed, but a value is invalid."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class UpgradeRequired(Problem):
    """Only WebSocket version 13 is supported (RFC 6455 section 4.4)."""

    status = HTTPStatus.UPGRADE_REQUIRED

    def response(self) -> Response:
        """The problem, naming what to upgrade to."""
        response = super().response()
        response.headers.update({"Upgrade": "websocket", "Sec-WebSocket-Version": "13"})
        return response


class TooManyRequests(Problem):
    """Over the rate; `retry_after` says when to come back."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class SenderSetAside(TooManyRequests):
    """The sender is out of proportion to all others; nothing of this request was stored."""

    type = "urn:websocket-analytics:sender-set-aside"


class ServiceUnavailable(Problem):
    """The database is unreachable or the server stops; nothing of this request was acknowledged."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


def register(app: Flask, _services: Services) -> None:
    """Return a problem document for every `Problem`, and for any other error under `/api`."""
    app.register_error_handler(Problem, _problem_response)
    app.register_error_handler(DatabaseAway, _database_away_response)
    app.register_error_handler(HTTPException, _http_error_response)


def _problem_response(problem: Problem) -> Response:
    response = problem.response()
    if error_page.is_for_browser():
        page = error_page.response(problem.status, problem.detail)
        page.headers.extend(
            header for header in response.headers if header[0] in ("Retry-After", "Upgrade")
        )
        return page
    return response


def _database_away_response(_fault: DatabaseAway) -> Response:
    detail = "The database does not answer now. Try again in a moment."
    return _problem_response(ServiceUnavailable(detail, retry_after=RETRY_SECONDS))


def _http_error_response(fault: HTTPException) -> Response | HTTPException:
    """Flask's own errors, with their headers (`Allow`): a page for a browser that opens one; to
    programs outside `/api` Flask's response stays."""
    if fault.code is None or fault.code < 400:
        return fault
    status = HTTPStatus(fault.code)
    if error_page.is_for_browser():
        return error_page.response(status, status.description or status.phrase)
    if not request.path.startswith("/api/"):
        return fault
    body = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    body["detail"] = fault.description or status.description or status.phrase
    response = Response(msgspec.json.encode(body), status, content_type=MEDIA_TYPE)
    headers = [header for header in fault.get_headers() if header[0] != "Content-Type"]
    response.headers.extend(headers)
    return response
