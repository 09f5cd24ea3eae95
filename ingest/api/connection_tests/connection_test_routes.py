"""`/api/ws/connection-tests`: tests of connections to named targets, run as a stream of lines."""

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from flask import Response

from analytics.connection_tests.results import (
    ConnectionTest,
    ConnectionTestList,
    ConnectionTestRequest,
    Progress,
)
from analytics.connection_tests.service import Run
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.access.rules import ADMINS
from ingest.http.parameters import ENDS, Arguments, window_of
from ingest.payloads.conversion import struct_of
from ingest.routing.bodies import LINES, object_body
from ingest.routing.inputs import RANGE
from ingest.routing.route import Input, ResponseSpec, Route, Table, uuid_id
from ingest.routing.runner import actor_of

CONNECTION_TESTS = "/api/ws/connection-tests"
TAG = "Connection tests"
TEST_ID = uuid_id("test_id", "The id of the test.")
COLUMNS = (
    "id", "kind", "target", "started_at", "ended_at", "started_by", "outcome", "sentence",
    "handshake_ms", "reply_ms", "certificate_days", "p50_ms", "p95_ms", "p99_ms", "jitter_ms",
    "sent", "lost", "rate", "size", "opened", "requested", "p",
)  # fmt: skip


def _window_of(arguments: Arguments, now: Callable[[], datetime]) -> TimeRange | None:
    has_range = any(name in arguments for name in ENDS)
    return window_of(arguments, now) if has_range else None


WINDOW = Input("window", RANGE, _window_of)


def connection_tests(services: Services, window: TimeRange | None) -> ConnectionTestList:
    """`GET /api/ws/connection-tests`."""
    return services.connection_tests.listed(services.viewer(), window)


def run(services: Services, payload: ConnectionTestRequest) -> Response:
    """`POST /api/ws/connection-tests`: lines as the test goes on; closed early, it is cancelled."""
    running = services.connection_tests.start(actor_of(services), payload)
    headers = {"X-Accel-Buffering": "no"}  # a proxy (nginx) passes each line on at once
    return Response(_lines(running), headers=headers, content_type=LINES)


def remove(services: Services, test_id: UUID) -> None:
    """`DELETE /api/ws/connection-tests/{id}`."""
    services.connection_tests.remove(actor_of(services), test_id)


def _lines(running: Run) -> Iterator[bytes]:
    for progress in running:
        yield msgspec.json.encode(progress) + b"\n"


def _as_csv(listed: ConnectionTestList) -> Table:
    return Table(
        name="connection-tests", header=COLUMNS, rows=[_row(test) for test in listed.tests]
    )


def _row(test: ConnectionTest) -> list[str | float | int | datetime | None]:
    stages = {} if test.basic is None else {s.stage: s.milliseconds for s in test.basic.stages}
    opening = [stages[name] for name in ("lookup", "tcp", "tls", "upgrade") if name in stages]
    echo, pool = test.echo, test.pool
    trips = None if echo is None else echo.round_trip
    return [
        str(test.id), test.kind, test.target, test.started_at, test.ended_at, test.started_by,
        test.outcome, test.sentence, sum(opening) if "upgrade" in stages else None,
        stages.get("reply"), test.basic.certificate_days if test.basic else None,
        *([trips.p50, trips.p95, trips.p99] if trips else [None] * 3),
        *([echo.jitter, echo.sent, echo.lost, echo.rate, echo.size] if echo else [None] * 5),
        *([pool.opened, pool.requested, pool.p] if pool else [None] * 3),
    ]  # fmt: skip


ROUTES = (
    Route(
        method="GET",
        path=CONNECTION_TESTS,
        name="connection_tests",
        tag=TAG,
        summary="Get connection tests, the newest first",
        description="Those that started in the range; without one the newest of all; and the "
        "targets that may be tested.",
        inputs=(WINDOW,),
        view=connection_tests,
        response=ResponseSpec(text="Tests.", kind=ConnectionTestList, as_csv=_as_csv),
    ),
    Route(
        method="POST",
        path=CONNECTION_TESTS,
        name="run_connection_test",
        tag=TAG,
        summary="Run a connection test",
        description="Answers JSON lines while it runs: how far it is, and at the end its result, "
        "which is stored. Whoever closes the response cancels the test. Targets are our own "
        "endpoint and those of `TEST_TARGETS`; at most two tests run in a worker.",
        roles=ADMINS,
        body=object_body(
            ConnectionTestRequest, lambda item: struct_of(item, ConnectionTestRequest, {})
        ),
        view=run,
        response=ResponseSpec(text="Its progress, line by line.", line_kind=Progress),
        problems=(404, 422, 429),
    ),
    Route(
        method="DELETE",
        path=f"{CONNECTION_TESTS}/{{test_id}}",
        name="remove_connection_test",
        tag=TAG,
        summary="Delete a connection test",
        roles=ADMINS,
        ids=(TEST_ID,),
        view=remove,
        response=ResponseSpec(text="It is gone.", status=204),
    ),
)
