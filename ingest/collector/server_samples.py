"""What other people's servers send: samples of their sockets, and events to mark on charts.

The guard has let in tokens of the roles ingest and admin only. 2xx means committed.
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
    Away,
    BadRequest,
    Problem,
    TooManyRequests,
    Unprocessable,
    UnsupportedMediaType,
)
from ingest.http.rate_limit import Rate
from ingest.payloads import Fault
from models.database.engine import DatabaseAway
from models.raw.events import Events
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample
from settings import Settings

SAMPLES_PATH = "/api/ws/server-metrics"
EVENTS_PATH = "/api/ws/events"
RETRY_SECONDS = 5
EVERYBODY = "*"


class EventReceipt(msgspec.Struct, frozen=True):
    """What became of an event. `stored` is false when it was known before."""

    event_id: UUID
    stored: bool
    server_time: str


class Servers:
    """The views."""

    def __init__(
        self,
        samples: ServerSamples,
        events: Events,
        settings: Settings,
        now: Callable[[], datetime],
        ledger: Outcomes,
    ) -> None:
        self._ledger = ledger
        self._samples = samples
        self._events = events
        self._now = now
        self._rate = Rate(settings.metrics_rate_total, most_senders=1)

    def post_samples(self) -> Response:
        """`POST /api/ws/server-metrics`."""
        with self._noting(SERVER):
            return self._posted_samples()

    def post_event(self) -> Response:
        """`POST /api/ws/events`."""
        with self._noting(EVENT):
            return self._posted_event()

    @contextmanager
    def _noting(self, source: str) -> Iterator[None]:
        """Count what is turned away; a fault in an event is one of its fields."""
        try:
            yield
        except Unprocessable as problem:
            self._ledger.rejected(source, problem.field or source, problem.detail)
            raise
        except Problem as problem:
            self._ledger.refused(source, problem.status)
            raise

    def _posted_samples(self) -> Response:
        items = self._items("samples")
        now = self._now()
        if len(items) > payloads.MOST_REPORTS:
            rejected = [receipts.too_many("samples")]
            self._note(rejected)
            return _sent(receipts.receipt(0, 0, rejected, now))
        valid, rejected = _sorted_out(items, now)
        stored = self._stored(valid)
        accepted = len(stored)
        self._ledger.took(SERVER, accepted, len(valid) - accepted)
        for sample in valid:
            if sample.sample_id in stored:
                self._ledger.lagged(SERVER, now - sample.period_end)
        self._note(rejected)
        return _sent(receipts.receipt(accepted, len(valid) - accepted, rejected, self._now()))

    def _note(self, rejected: list[Rejection]) -> None:
        for rejection in rejected:
            self._ledger.rejected(SERVER, rejection.field, rejection.reason)

    def _posted_event(self) -> Response:
        items = self._items("events")
        if len(items) != 1:
            raise BadRequest("Send one event at a time.")
        try:
            event = payloads.read_event(items[0], self._now())
            stored = self._events.add(event)
        except Fault as fault:
            raise Unprocessable(fault.reason, field=fault.field) from None
        except DatabaseAway:
            raise _away() from None
        self._ledger.took(EVENT, int(stored), int(not stored))
        server_time = instants.written(self._now(), "milliseconds")
        body = msgspec.json.encode(EventReceipt(event.event_id, stored, server_time))
        return Response(body, 201, content_type="application/json")

    def _items(self, many: str) -> list[Any]:
        environ = request.environ
        if request_body.media_type(environ) != "application/json":
            raise UnsupportedMediaType("Send application/json.")
        wait = self._rate.take(EVERYBODY, 1, monotonic())
        if wait:
            raise TooManyRequests(f"Too many: come back in {wait} s.", retry_after=wait)
        return request_body.items(environ, many)

    def _stored(self, samples: list[ServerSample]) -> frozenset[UUID]:
        try:
            return self._samples.insert(samples)
        except DatabaseAway:
            raise _away() from None


def register(
    app: Flask,
    samples: ServerSamples,
    events: Events,
    settings: Settings,
    now: Callable[[], datetime],
    *,
    ledger: Outcomes,
) -> None:
    """Add the routes to `app`."""
    servers = Servers(samples, events, settings, now, ledger)
    app.add_url_rule(SAMPLES_PATH, "server_metrics", servers.post_samples, methods=["POST"])
    app.add_url_rule(EVENTS_PATH, "events", servers.post_event, methods=["POST"])


def _sorted_out(items: list[Any], now: datetime) -> tuple[list[ServerSample], list[Rejection]]:
    valid, rejected = [], []
    for index, item in enumerate(items):
        try:
            valid.append(payloads.read_sample(item, now))
        except Fault as fault:
            rejected.append(Rejection(index, fault.field, fault.reason))
    return valid, rejected


def _sent(receipt: Receipt) -> Response:
    made = receipts.of_receipt(receipt)
    return Response(made.body, made.status, made.headers)


def _away() -> Away:
    return Away(
        "Nothing was stored for sure: send it again with the same ids.",
        retry_after=RETRY_SECONDS,
    )
