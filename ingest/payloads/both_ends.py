"""Ends of single connections that have an id, as browsers and servers send them."""

from datetime import datetime, timedelta

from models.both_ends.connection_ends import BrowserEnd, ServerEnd

from .fault import Fault
from .rules import text
from .sample_schema import SamplePayload
from .schema import BrowserEndPayload, ReportPayload


def of_browser(
    payload: ReportPayload, app: str, endpoint: str | None, end: datetime
) -> tuple[BrowserEnd, ...]:
    """The ends of a report whose period ended at `end`. Raises `Fault` naming one without the code
    that its `by` needs."""
    for index, each in enumerate(payload.ends):
        if each.code is None and each.by != "left":
            raise Fault(f"ends[{index}].code", "is required unless by is left")
    return tuple(
        BrowserEnd(
            app=app,
            connection_id=each.id,
            browser_ended_at=_before(end, each.ago_ms),
            browser_open_ms=None if each.open_ms is None else round(each.open_ms),
            browser_code=_read(each),
            browser_by=each.by,
            browser_given=each.given,
            browser_sent=each.sent,
            browser_received=each.received,
            session_id=payload.session_id,
            endpoint=endpoint,
        )
        for each in payload.ends
    )


def of_server(payload: SamplePayload, end: datetime) -> tuple[ServerEnd, ...]:
    """The ends of a sample whose period ended at `end`."""
    app = text("app", payload.app) or "default"
    return tuple(
        ServerEnd(
            app=app,
            connection_id=each.id,
            server_ended_at=_before(end, each.ago_ms),
            server_open_ms=round(each.open_ms),
            server_code=each.code,
            server_by=each.by,
            server_error=text(f"ends[{index}].error", each.error),
            server_sent=each.sent,
            server_received=each.received,
            service=payload.service,
        )
        for index, each in enumerate(payload.ends)
    )


def _read(end: BrowserEndPayload) -> int | None:
    return None if end.by == "left" else end.code


def _before(end: datetime, ms: float) -> datetime:
    return end - timedelta(milliseconds=ms)
