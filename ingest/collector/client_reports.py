"""From a posted request to a committed batch and its response. WSGI only, no Flask."""

import hmac
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import Any

from ingest import payloads
from ingest.collector.country import Locate
from ingest.collector.outcomes import CLIENT, Outcomes
from ingest.collector.user_agent import browser_and_os
from ingest.http import request_body
from ingest.http.problems import (
    Forbidden,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
)
from ingest.http.rate_limit import RateLimiter, is_loopback, sender_key
from ingest.http.request_body import Environ
from ingest.payloads import Fault, SenderInfo
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from settings import Settings

from . import cors, receipts
from .receipts import Receipt, Rejection, WsgiResponse
from .write_buffer import CommitResult, FlushState, StoreBusy, WriteBuffer

MEDIA_TYPES = ("application/json", "text/plain")
RETRY_SECONDS = 5
ALL_SENDERS = "*"


class ReportCollector:
    """The collector of one worker."""

    def __init__(
        self,
        settings: Settings,
        store: ClientReports,
        now: Callable[[], datetime],
        locate: Locate,
        outcomes: Outcomes,
    ) -> None:
        self._settings = settings
        self._outcomes = outcomes
        self._now = now
        self._locate = locate
        self._buffer = WriteBuffer(store)
        self._per_sender = RateLimiter(settings.metrics_rate_per_address)
        self._total = RateLimiter(settings.metrics_rate_total, most_senders=1)

    def flush_state(self) -> FlushState:
        """State of the write buffer."""
        return self._buffer.state()

    def close(self) -> None:
        """Commit what is buffered, then stop."""
        self._buffer.close()

    def options(self, environ: Environ) -> WsgiResponse:
        """The CORS preflight."""
        try:
            self._check_origin(environ)
        except Problem as problem:
            return receipts.of_problem(problem)
        headers = cors.PREFLIGHT + cors.response_headers(environ)
        return WsgiResponse(HTTPStatus.NO_CONTENT, headers, b"")

    def post(self, environ: Environ) -> WsgiResponse:
        """Validate and commit the reports of one request. Never raises `Problem`."""
        try:
            self._check_origin(environ)
        except Problem as problem:
            return self._refusal(problem)
        try:
            response = self._receive(environ)
        except Problem as problem:
            response = self._refusal(problem)
        response.headers.extend(cors.response_headers(environ))
        return response

    def _refusal(self, problem: Problem) -> WsgiResponse:
        self._outcomes.count_refused(CLIENT, problem.status)
        return receipts.of_problem(problem)

    def _check_origin(self, environ: Environ) -> None:
        settings = self._settings
        if not cors.is_allowed(environ, settings.metrics_allowed_origins, settings.public_url):
            raise Forbidden(
                "This origin may not post reports. An operator allows it by naming it in "
                "METRICS_ALLOWED_ORIGINS."
            )

    def _receive(self, environ: Environ) -> WsgiResponse:
        if request_body.media_type(environ) not in MEDIA_TYPES:
            raise UnsupportedMediaType("Send application/json, or text/plain from a beacon.")
        self._check_key(environ)
        self._check_rate(environ, 1)
        items = request_body.items(environ)
        if len(items) > 1:
            self._check_rate(environ, len(items) - 1)
        return receipts.of_receipt(self._receipt(environ, items))

    def _check_key(self, environ: Environ) -> None:
        expected = self._settings.metrics_ingest_key
        if expected is None:
            return
        key = request_body.ingest_key(environ)
        if not hmac.compare_digest(key.encode("utf-8", "surrogatepass"), expected.encode()):
            raise Unauthorized("The ingest key is missing or wrong: send it as X-Ingest-Key.")

    def _check_rate(self, environ: Environ, reports: int) -> None:
        address, at, wait = environ.get("REMOTE_ADDR"), monotonic(), 0
        if self._settings.trusted_proxy_hops or not is_loopback(address):
            wait = self._per_sender.take(sender_key(address), reports, at)
        wait = wait or self._total.take(ALL_SENDERS, reports, at)
        if wait:
            raise TooManyRequests(
                f"Too many reports: come back in {wait} s with the same report ids.",
                retry_after=wait,
            )

    def _receipt(self, environ: Environ, items: list[Any]) -> Receipt:
        now = self._now()
        if len(items) > payloads.MOST_REPORTS:
            rejected = [receipts.too_many("reports")]
            self._count_rejections(rejected)
            return receipts.receipt(0, 0, rejected, now)
        valid, rejected = self._validated(environ, items, now)
        accepted = duplicates = 0
        if valid:
            committed = self._write([report for _, report in valid])
            accepted = len(committed.accepted)
            duplicates = len(valid) - accepted - len(committed.refused)
            for row in committed.refused:
                rejected.append(Rejection(valid[row][0], "report", "the store refuses a value"))
                rejected.sort(key=lambda rejection: rejection.index)
            self._outcomes.count_stored(CLIENT, accepted, duplicates)
            for row in committed.accepted:
                self._outcomes.count_lag(CLIENT, now - valid[row][1].period_end)
        self._count_rejections(rejected)
        unknown = sum(map(payloads.unknown_fields, items))
        return receipts.receipt(accepted, duplicates, rejected, self._now(), unknown)

    def _count_rejections(self, rejected: list[Rejection]) -> None:
        for rejection in rejected:
            self._outcomes.count_rejected(CLIENT, rejection.field, rejection.reason)

    def _validated(
        self, environ: Environ, items: list[Any], now: datetime
    ) -> tuple[list[tuple[int, ClientReport]], list[Rejection]]:
        sender = self._sender(environ)
        valid, rejected = [], []
        for index, item in enumerate(items):
            try:
                valid.append((index, payloads.read(item, sender, now)))
            except Fault as fault:
                rejected.append(Rejection(index, fault.field, fault.reason))
        return valid, rejected

    def _sender(self, environ: Environ) -> SenderInfo:
        browser, system = browser_and_os(environ.get("HTTP_USER_AGENT", ""))
        country, region = self._locate(environ.get("REMOTE_ADDR"))
        return SenderInfo(browser=browser, os=system, country=country, region=region)

    def _write(self, reports: list[ClientReport]) -> CommitResult:
        try:
            return self._buffer.commit(reports)
        except StoreBusy as fault:
            raise ServiceUnavailable(
                f"Nothing was stored for sure ({fault}): send it again with the same report ids.",
                retry_after=RETRY_SECONDS,
            ) from fault
