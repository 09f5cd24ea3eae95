"""Samples of other services' sockets, and events that are marked on charts.

The guard lets in tokens of the roles ingest and admin only. 2xx means committed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask, Response, request

from analytics.formatting import instants
from ingest import payloads
from ingest.collector import receipts
from ingest.collector.outcomes import EVENT, SERVER, Outcomes
from ingest.collector.receipts import Receipt, Rejection
from ingest.http import request_body
from ingest.http.problems import (
    BadRequest,
    Problem,
    ServiceUnavailable,
    TooManyRequests,
    Unprocessable,
    UnsupportedMediaType,
)
from ingest.http.rate_limit import RateLimiter
from ingest.payloads import Fault
from models.database.engine import DatabaseAway
from models.raw.events import Events
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from settings import Settings

SAMPLES_PATH = "/api/ws/server-metrics"
EVENTS_PATH = "/api/ws/events"
RETRY_SECONDS = 5
ALL_SENDERS = "*"


class EventReceipt(msgspec.Struct, frozen=True):
    """What became of an event. `stored` is false when it was known before."""

    event_id: UUID
    stored: bool
    server_time: str


class ServerIngestViews:
    """The views."""

    def __init__(
        self,
        samples: ServerSamples,
        events: Events,
        settings: Settings,
        now: Callable[[], datetime],
        outcomes: Outcomes,
    ) -> None:
        self._outcomes = outcomes
        self._samples = samples
        self._events = events
        self._now = now
        self._rate = RateLimiter(settings.metrics_rate_total, most_senders=1)

    def post_samples(self) -> Response:
        """`POST /api/ws/server-metrics`."""
        with self._counting_refusals(SERVER):
            return self._receive_samples()

    def post_event(self) -> Response:
        """`POST /api/ws/events`."""
        with self._counting_refusals(EVENT):
            return self._receive_event()

    @contextmanager
    def _counting_refusals(self, source: str) -> Iterator[None]:
        """Count what is refused; an invalid event counts as rejected, by its field."""
        try:
            yield
        except Unprocessable as problem:
            self._outcomes.count_rejected(source, problem.field or source, problem.detail)
            raise
        except Problem as problem:
            self._outcomes.count_refused(source, problem.status)
            raise

    def _receive_samples(self) -> Response:
        items = self._items("samples")
        now = self._now()
        if len(items) > payloads.MOST_REPORTS:
            rejected = [receipts.too_many("samples")]
            self._count_rejections(rejected)
            return _receipt_response(receipts.receipt(0, 0, rejected, now))
        valid, rejected = _validated(items, now)
        stored = self._insert(valid)
        accepted = len(stored)
        self._outcomes.count_stored(SERVER, accepted, len(valid) - accepted)
        for sample in valid:
            if sample.sample_id in stored:
                self._outcomes.count_lag(SERVER, now - sample.period_end)
        self._count_rejections(rejected)
        return _receipt_response(
            receipts.receipt(accepted, len(valid) - accepted, rejected, self._now())
        )

    def _count_rejections(self, rejected: list[Rejection]) -> None:
        for rejection in rejected:
            self._outcomes.count_rejected(SERVER, rejection.field, rejection.reason)

    def _receive_event(self) -> Response:
        items = self._items("events")
        if len(items) != 1:
            raise BadRequest("Send one event at a time.")
        try:
            event = payloads.read_event(items[0], self._now())
            stored = self._events.add(event)
        except Fault as fault:
            raise Unprocessable(fault.reason, field=fault.field) from None
        except DatabaseAway:
            raise _unavailable() from None
        self._outcomes.count_stored(EVENT, int(stored), int(not stored))
        server_time = instants.iso8601(self._now(), "milliseconds")
        body = msgspec.json.encode(EventReceipt(event.event_id, stored, server_time))
        return Response(body, 201, content_type="application/json")

    def _items(self, list_name: str) -> list[Any]:
        environ = request.environ
        if request_body.media_type(environ) != "application/json":
            raise UnsupportedMediaType("Send application/json.")
        wait = self._rate.take(ALL_SENDERS, 1, monotonic())
        if wait:
            raise TooManyRequests(f"Too many: come back in {wait} s.", retry_after=wait)
        return request_body.items(environ, list_name)

    def _insert(self, samples: list[ServerSample]) -> frozenset[UUID]:
        try:
            return self._samples.insert(samples)
        except DatabaseAway:
            raise _unavailable() from None


def register(
    app: Flask,
    samples: ServerSamples,
    events: Events,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    outcomes: Outcomes,
) -> None:
    """Add the routes to `app`."""
    views = ServerIngestViews(samples, events, settings, now, outcomes)
    app.add_url_rule(SAMPLES_PATH, "server_metrics", views.post_samples, methods=["POST"])
    app.add_url_rule(EVENTS_PATH, "events", views.post_event, methods=["POST"])


def _validated(items: list[Any], now: datetime) -> tuple[list[ServerSample], list[Rejection]]:
    valid, rejected = [], []
    for index, item in enumerate(items):
        try:
            valid.append(payloads.read_sample(item, now))
        except Fault as fault:
            rejected.append(Rejection(index, fault.field, fault.reason))
    return valid, rejected


def _receipt_response(receipt: Receipt) -> Response:
    response = receipts.of_receipt(receipt)
    return Response(response.body, response.status, response.headers)


def _unavailable() -> ServiceUnavailable:
    return ServiceUnavailable(
        "Nothing was stored for sure: send it again with the same ids.",
        retry_after=RETRY_SECONDS,
    )
