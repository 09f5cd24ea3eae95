"""`/api/ws/client-metrics` in Flask's URL map, and a WSGI shortcut that serves nearly all posts.

Half of a post's time went into Flask's routing, contexts and header objects (measured), none of
which it needs. The shortcut handles it below Flask with the same `ReportCollector`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from analytics.services.services import Services

from .client_reports import ReportCollector

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/api/ws/client-metrics"


@dataclass(frozen=True, slots=True)
class CollectorRoute:
    """The route of `collector`, in Flask and below it."""

    collector: ReportCollector

    def register(self, app: Flask, _services: Services) -> None:
        """Add the route to `app`."""

        def post() -> Response:
            return self.collector.post(request.environ).as_flask()

        def options() -> Response:
            return self.collector.options(request.environ).as_flask()

        app.add_url_rule(
            PATH, "client_metrics", post, methods=["POST"], provide_automatic_options=False
        )
        app.add_url_rule(
            PATH, "client_metrics_preflight", options, methods=["OPTIONS"],
            provide_automatic_options=False,
        )  # fmt: skip

    def shortcut(
        self,
        inner: "WSGIApplication",
        headers_to_add: Iterable[tuple[str, str]],
        count_error: Callable[[str], None],
    ) -> "WSGIApplication":
        """WSGI middleware: handles posts itself, with `headers_to_add`; all else goes to `inner`.
        Its errors, which Flask does not see, are counted, and left to the server."""
        extra_headers = list(headers_to_add)

        def application(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> Iterable[bytes]:
            if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
                return inner(environ, start_response)
            try:
                status, headers, body = self.collector.post(environ)
            except Exception:
                count_error(f"POST {PATH}")
                raise
            length = ("Content-Length", str(len(body)))
            start_response(f"{status.value} {status.phrase}", [*headers, length, *extra_headers])
            return [body]

        return application
