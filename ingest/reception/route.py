"""`POST /api/ws/client-metrics`: from a request to a committed batch, and the answer."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec
from flask import Flask, Request, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ingest import payloads
from ingest.country import Locate, locator
from ingest.payloads import Fault, Sender
from ingest.problems import (
    Away,
    BadRequest,
    Forbidden,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
)
from ingest.rate import Rate, is_loopback, sender_key
from ingest.user_agent import browser_and_os
from models.client_reports import ClientReport
from models.report_insert import ClientReports
from settings import Settings

from . import cross_origin
from .group_commit import FlushState, GroupCommit, Outcome, StoreBusy

PATH = "/api/ws/client-metrics"
LARGEST_BODY = 256_000
MEDIA_TYPES = ("application/json", "text/plain")
RETRY_SECONDS = 5
EVERYBODY = "*"


class Rejection(msgspec.Struct, frozen=True):
    """One report that was not accepted."""

    index: int
    field: str
    reason: str


class Receipt(msgspec.Struct, frozen=True):
    """The answer: what became of each report. `server_time` is what clients stamp with."""

    accepted: int
    duplicates: int
    rejected: list[Rejection]
    unknown_fields: int
    server_time: str


class Reception:
    """The route's state in one worker."""

    def __init__(
        self, settings: Settings, store: ClientReports, now: Callable[[], datetime], locate: Locate
    ) -> None:
        self._settings = settings
        self._now = now
        self._locate = locate
        self._commit = GroupCommit(store)
        self._per_sender = Rate(settings.metrics_rate_per_address)
        self._total = Rate(settings.metrics_rate_total, most_senders=1)

    def flush_state(self) -> FlushState:
        """How the writer behind the route fares."""
        return self._commit.state()

    def close(self) -> None:
        """Commit what waits, then stop."""
        self._commit.close()

    def options(self) -> Response:
        """A browser asks whether its page may post."""
        self._check_origin()
        return cross_origin.preflight(request.headers.get("Origin"))

    def post(self) -> Response:
        """Take reports in."""
        self._check_origin()
        try:
            answer = self._received()
        except Problem as problem:
            answer = problem.response()
        return cross_origin.let_read(answer, request.headers.get("Origin"))

    def _check_origin(self) -> None:
        settings = self._settings
        if not cross_origin.is_allowed(
            request, settings.metrics_allowed_origins, settings.public_url
        ):
            raise Forbidden(
                "This origin may not post reports. An operator allows it by naming it in "
                "METRICS_ALLOWED_ORIGINS."
            )

    def _received(self) -> Response:
        if request.mimetype not in MEDIA_TYPES:
            raise UnsupportedMediaType("Send application/json, or text/plain from a beacon.")
        self._check_key()
        self._check_rate(1)
        items = _items(_body(request))
        if len(items) > 1:
            self._check_rate(len(items) - 1)
        return self._answer(items)

    def _check_key(self) -> None:
        asked = self._settings.metrics_ingest_key
        if asked is None:
            return
        bearer = request.headers.get("Authorization", "").partition("Bearer ")[2]
        given = request.headers.get("X-Ingest-Key") or bearer or request.args.get("key", "")
        if not hmac.compare_digest(given.encode(), asked.encode()):
            raise Unauthorized("The ingest key is missing or wrong: send it as X-Ingest-Key.")

    def _check_rate(self, reports: int) -> None:
        at = monotonic()
        exempt = is_loopback(request.remote_addr) and not self._settings.trusted_proxy_hops
        wait = 0 if exempt else self._per_sender.take(sender_key(request.remote_addr), reports, at)
        wait = wait or self._total.take(EVERYBODY, reports, at)
        if wait:
            raise TooManyRequests(
                f"Too many reports: come back in {wait} s with the same report ids.",
                retry_after=wait,
            )

    def _answer(self, items: list[Any]) -> Response:
        now = self._now()
        if len(items) > payloads.MOST_REPORTS:
            reason = f"must hold at most {payloads.MOST_REPORTS}"
            rejected = [Rejection(payloads.MOST_REPORTS, "reports", reason)]
            return _receipt(Receipt(0, 0, rejected, 0, _stamp(now)))
        valid, rejected = self._sorted_out(items, now)
        accepted = duplicates = 0
        if valid:
            outcome = self._committed([report for _, report in valid])
            accepted = len(outcome.accepted)
            duplicates = len(valid) - accepted - len(outcome.refused)
            for row in outcome.refused:
                rejected.append(Rejection(valid[row][0], "report", "the store refuses a value"))
        unknown = sum(map(payloads.unknown_fields, items))
        rejected.sort(key=lambda rejection: rejection.index)
        return _receipt(Receipt(accepted, duplicates, rejected, unknown, _stamp(self._now())))

    def _sorted_out(
        self, items: list[Any], now: datetime
    ) -> tuple[list[tuple[int, ClientReport]], list[Rejection]]:
        sender = self._sender()
        valid, rejected = [], []
        for index, item in enumerate(items):
            try:
                valid.append((index, payloads.read(item, sender, now)))
            except Fault as fault:
                rejected.append(Rejection(index, fault.field, fault.reason))
        return valid, rejected

    def _sender(self) -> Sender:
        browser, system = browser_and_os(request.headers.get("User-Agent", ""))
        country, region = self._locate(request.remote_addr)
        return Sender(browser=browser, os=system, country=country, region=region)

    def _committed(self, reports: list[ClientReport]) -> Outcome:
        try:
            return self._commit.commit(reports)
        except StoreBusy as fault:
            raise Away(
                f"Nothing was stored for sure ({fault}): send it again with the same report ids.",
                retry_after=RETRY_SECONDS,
            ) from fault


def register(
    app: Flask, settings: Settings, store: ClientReports, now: Callable[[], datetime]
) -> Reception:
    """Add the route to `app`. Raises `CountryFileFault`."""
    reception = Reception(settings, store, now, locator(settings))
    app.add_url_rule(
        PATH, "client_metrics", reception.post, methods=["POST"], provide_automatic_options=False
    )
    app.add_url_rule(PATH, "client_metrics_preflight", reception.options, methods=["OPTIONS"])
    return reception


def _body(incoming: Request) -> bytes:
    """The body, never read beyond the limit, however it is framed."""
    incoming.max_content_length = LARGEST_BODY
    try:
        return incoming.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(
            f"The body is larger than {LARGEST_BODY} bytes: send fewer reports."
        ) from None


def _items(body: bytes) -> list[Any]:
    try:
        return payloads.items(body)
    except payloads.MalformedBody as fault:
        raise BadRequest(fault.reason, field=fault.field) from None


def _receipt(receipt: Receipt) -> Response:
    status = 201 if receipt.accepted or receipt.duplicates else 422
    return Response(msgspec.json.encode(receipt), status, content_type="application/json")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
