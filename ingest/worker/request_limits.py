"""What one request may take: the time until its body has arrived, and its waits for the store."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING

from ingest.http.timed_body import TimedBody
from models.database.patience import Patience, bounded

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STORE_SECONDS = 5.0  # all statements of a request together
LONGEST_NUMBER = 16  # digits
PATIENT_PATHS = "/api/ws/export"  # rows of exports take as long as they are many


def with_patience(inner: "WSGIApplication", is_silent: Callable[[], bool]) -> "WSGIApplication":
    """WSGI middleware: requests but exports wait for the store for at most `STORE_SECONDS` in all,
    and not at all while `is_silent`."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PATIENT_PATHS):
            return inner(environ, start_response)
        with bounded(Patience(STORE_SECONDS, is_silent)):
            return inner(environ, start_response)

    return application


def with_timed_body(inner: "WSGIApplication", seconds: float) -> "WSGIApplication":
    """WSGI middleware: bodies must arrive within `seconds`."""

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if "gunicorn.socket" in environ and not _has_arrived(environ):
            end = attrgetter("__self__.force_close")(start_response)  # of gunicorn's response
            environ["wsgi.input"] = TimedBody(environ["wsgi.input"], seconds, end)
        return inner(environ, start_response)

    return application


def _has_arrived(environ: "WSGIEnvironment") -> bool:
    """Whether the body is here already: nearly all are, and a timer costs 3 % of a post."""
    length = environ.get("CONTENT_LENGTH") or "0"
    unreader = getattr(environ["wsgi.input"].reader, "unreader", None)  # none of a chunked body
    return (
        unreader is not None
        and length.isdecimal()
        and len(length) < LONGEST_NUMBER
        and unreader.buf.getbuffer().nbytes >= int(length)
    )
