"""`/api/ws/client-metrics` in Flask's map, and the shortcut below Flask that nearly all posts take.

Half of a post's time went into Flask's routing, contexts and header objects (measured), for a
route that needs none of them. The shortcut answers it from WSGI with the same `ReportCollector`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from ingest.collector.country import locator
from ingest.collector.outcomes import Outcomes
from models.raw.report_insert import ClientReports
from settings import Settings

from .client_reports import ReportCollector
from .receipts import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/ws/client-metrics"


def register(
    app: Flask,
    settings: Settings,
    store: ClientReports,
    now: Callable[[], datetime],
    ledger: Outcomes,
) -> ReportCollector:
    """Add the route to `app`. Raises `CountryFileFault`."""
    reception = ReportCollector(settings, store, now, locator(settings), ledger)

    def post() -> Response:
        return _response(reception.post(request.environ))

    def options() -> Response:
        return _response(reception.options(request.environ))

    app.add_url_rule(
        PATH, "client_metrics", post, methods=["POST"], provide_automatic_options=False
    )
    app.add_url_rule(
        PATH, "client_metrics_preflight", options, methods=["OPTIONS"],
        provide_automatic_options=False,
    )  # fmt: skip
    return reception


def shortcut(
    inner: "WSGIApplication", reception: ReportCollector, fixed: Iterable[tuple[str, str]]
) -> "WSGIApplication":
    """A WSGI application that takes posts itself, adding `fixed` headers; all else is `inner`'s."""
    every = list(fixed)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return inner(environ, start_response)
        status, headers, body = reception.post(environ)
        length = ("Content-Length", str(len(body)))
        start_response(f"{status.value} {status.phrase}", [*headers, length, *every])
        return [body]

    return application


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)
