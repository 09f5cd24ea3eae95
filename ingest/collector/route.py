"""`/api/ws/client-metrics` in Flask's URL map, and a WSGI shortcut that serves nearly all posts.

Half of a post's time went into Flask's routing, contexts and header objects (measured), none of
which it needs. The shortcut handles it below Flask with the same `ReportCollector`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from ingest.bounds.report_bounds import ReportBounds
from ingest.collector.country import LocateSender
from ingest.collector.outcomes import Outcomes
from models.raw.report_insert import ClientReports
from settings import Settings

from .client_reports import ReportCollector

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/ws/client-metrics"


def register(
    app: Flask,
    settings: Settings,
    store: ClientReports,
    now: Callable[[], datetime],
    *,
    locate: LocateSender,
    outcomes: Outcomes,
    bounds: ReportBounds,
) -> ReportCollector:
    """Add the route to `app`."""
    collector = ReportCollector(settings, store, now, locate, outcomes=outcomes, bounds=bounds)

    def post() -> Response:
        return collector.post(request.environ).as_flask()

    def options() -> Response:
        return collector.options(request.environ).as_flask()

    app.add_url_rule(
        PATH, "client_metrics", post, methods=["POST"], provide_automatic_options=False
    )
    app.add_url_rule(
        PATH, "client_metrics_preflight", options, methods=["OPTIONS"],
        provide_automatic_options=False,
    )  # fmt: skip
    return collector


def shortcut(
    inner: "WSGIApplication", collector: ReportCollector, headers_to_add: Iterable[tuple[str, str]]
) -> "WSGIApplication":
    """WSGI middleware: handles posts itself, with `headers_to_add`; all else goes to `inner`."""
    extra_headers = list(headers_to_add)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return inner(environ, start_response)
        status, headers, body = collector.post(environ)
        length = ("Content-Length", str(len(body)))
        start_response(f"{status.value} {status.phrase}", [*headers, length, *extra_headers])
        return [body]

    return application
