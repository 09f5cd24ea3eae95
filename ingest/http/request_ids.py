"""The id of a request, in its response (`X-Request-ID`) and beside what is logged of it."""

import logging
import re
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

from analytics.services.services import Services

HEADER = "X-Request-ID"
_accepted = re.compile(r"[\w.-]{8,64}", re.ASCII)


class RequestIdFilter(logging.Filter):
    """Adds the id of the current request to records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `request_id`; always keeps the record."""
        record.request_id = g.get("request_id") if has_request_context() else None
        return True


def register(app: Flask, _services: Services) -> None:
    """Take the id that a proxy in front sent, else make one. Before everything else."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    sent = request.headers.get(HEADER, "")
    g.request_id = sent if _accepted.fullmatch(sent) else uuid4().hex


def _tell(response: Response) -> Response:
    request_id = g.get("request_id")
    if request_id:
        response.headers[HEADER] = request_id
    return response
