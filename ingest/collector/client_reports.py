"""Reports of browsers: their kind for the pipeline, and CORS around it. WSGI only, no Flask."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from operator import attrgetter
from time import monotonic
from typing import Any

from ingest import payloads
from ingest.bounds.report_bounds import ReportBounds
from ingest.collector.country import LocateSender
from ingest.collector.outcomes import CLIENT, Outcomes
from ingest.collector.user_agent import program_of
from ingest.http import arrivals
from ingest.http.problems import Problem
from ingest.http.request_body import Environ
from ingest.payloads import SenderInfo
from ingest.proxies.origin_rule import OriginRule
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings

from . import cors, receipts
from .admission import ReportAdmission
from .pipeline import Kind, Pipeline, Witness
from .receipts import WsgiResponse
from .write_buffer import FlushState, WriteBuffer


class ReportCollector:
    """The collector of one worker."""

    def __init__(
        self,
        settings: Settings,
        store: ClientReports,
        now: Callable[[], datetime],
        locate: LocateSender,
        *,
        outcomes: Outcomes,
        bounds: ReportBounds,
        rule: OriginRule,
        witness: Witness[ClientReport],
    ) -> None:
        self._buffer = WriteBuffer(store)
        self._addresses = arrivals.of_node.table()
        self._witness = witness
        self._admission = ReportAdmission(settings, self._addresses, rule)
        self._pipeline = Pipeline(
            reports_kind(self._buffer, self._admission, locate, bounds, witness), outcomes, now
        )

    def flush_state(self) -> FlushState:
        """State of the write buffer."""
        return self._buffer.state()

    def addresses(self) -> int:
        """The addresses of the node whose rate is remembered, of `arrivals.SLOTS`."""
        return self._addresses.used(monotonic())

    def close(self) -> None:
        """Commit what is buffered, then stop."""
        self._buffer.close()

    def options(self, environ: Environ) -> WsgiResponse:
        """The CORS preflight."""
        try:
            self._admission.check_origin(environ)
        except Problem as problem:
            self._witness.refused(environ, problem)
            return receipts.of_problem(problem)
        headers = cors.PREFLIGHT + cors.response_headers(environ)
        return WsgiResponse(HTTPStatus.NO_CONTENT, headers, b"")

    def post(self, environ: Environ) -> WsgiResponse:
        """Validate and commit the reports of one request. Never raises `Problem`."""
        try:
            self._admission.check_origin(environ)
        except Problem as problem:
            return self._pipeline.refusal(environ, problem)
        response = self._pipeline.post(environ)
        response.headers.extend(cors.response_headers(environ))
        return response


def reports_kind(
    buffer: WriteBuffer,
    admission: ReportAdmission,
    locate: LocateSender,
    bounds: ReportBounds,
    witness: Witness[ClientReport],
) -> Kind[ClientReport]:
    """Reports, stored by group commit; `text/plain` is what beacons can send without preflight."""
    return Kind(
        name="report",
        source=CLIENT,
        ids="report ids",
        media_types=("application/json", "text/plain"),
        media_type_hint="Send application/json, or text/plain from a beacon.",
        admit=admission.admit,
        admit_items=admission.admit_items,
        decoder=_decoder(locate),
        store=buffer.commit,
        period_end=attrgetter("period_end"),
        unknown_fields=payloads.unknown_fields,
        bound=bounds.apply,
        unstored=bounds.forget_times,
        witness=witness,
    )


def _decoder(locate: LocateSender) -> Callable[[Environ], Callable[[Any, datetime], ClientReport]]:
    def decoder(environ: Environ) -> Callable[[Any, datetime], ClientReport]:
        program = program_of(environ.get("HTTP_USER_AGENT", ""))
        country, region = locate(environ)
        sender = SenderInfo(**program._asdict(), country=country, region=region)
        return lambda item, now: payloads.read(item, sender, now)

    return decoder
