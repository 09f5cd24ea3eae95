"""The id of a request, in its response (`X-Request-ID`) and beside what is logged of it."""

import re
from uuid import uuid4

from flask import Flask, Response, request

from analytics.services.services import Services

from .request_id_log import current_id

HEADER = "X-Request-ID"
_accepted = re.compile(r"[\w.-]{8,64}", re.ASCII)


def register(app: Flask, _services: Services) -> None:
    """Take the id that a proxy in front sent, else make one. Before everything else."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    sent = request.headers.get(HEADER, "")
    current_id.set(sent if _accepted.fullmatch(sent) else uuid4().hex)


def _tell(response: Response) -> Response:
    request_id = current_id.get()
    if request_id:
        response.headers[HEADER] = request_id
    return response


def _end(_fault: BaseException | None) -> None:
    current_id.set(None)
