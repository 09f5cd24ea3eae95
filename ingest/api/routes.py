"""The routes of the read side, and who gets which part of the answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from flask import Flask, Response, render_template, request

from analytics.operations.health import Health, HealthAnswer, Status
from analytics.reports import prometheus
from analytics.reports.client_answers import Point, Summary
from analytics.reports.reports import Reports
from analytics.reports.server_answers import ServerMetrics, ServerPoint
from ingest.api.openapi.pages import sections
from ingest.http import csv_response, parameters
from ingest.http.problems import Away
from models.database.engine import DatabaseAway

from .document import document

PREFIX = "/api/ws"
RETRY_SECONDS = 2
DURATIONS = frozenset({"p50", "p95", "p99", "recovery_p95"})


class Answers:
    """The views. `is_signed_in` tells whether the caller may see more than the bare status."""

    def __init__(
        self,
        reports: Reports,
        health: Health,
        now: Callable[[], datetime],
        is_signed_in: Callable[[], bool],
    ) -> None:
        self._reports = reports
        self._health = health
        self._now = now
        self._is_signed_in = is_signed_in

    def summary(self) -> Response:
        """`GET /api/ws/client-metrics/summary`."""
        known = (*parameters.RANGE, *parameters.FILTERS, "format")
        parameters.refuse_others(request.args, known)
        wanted = parameters.format_of(request.args)
        window = parameters.window_of(request.args, self._now)
        summary = self._reports.summary(window, parameters.filters_of(request.args))
        return _as_csv(summary) if wanted == "csv" else _json(summary)

    def metrics(self) -> Response:
        """`GET /api/ws/metrics`."""
        parameters.refuse_others(request.args, (*parameters.RANGE, *parameters.SERVER, "format"))
        wanted = parameters.format_of(request.args)
        window = parameters.window_of(request.args, self._now)
        app, service = (parameters.text_of(request.args, name) for name in parameters.SERVER)
        metrics = self._reports.metrics(window, app, service)
        return _as_csv(metrics) if wanted == "csv" else _json(metrics)

    def prometheus(self) -> Response:
        """`GET /metrics`."""
        parameters.refuse_others(request.args, ())
        answer = Response(self._reports.exposition(), content_type=prometheus.CONTENT_TYPE)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def health(self) -> Response:
        """`GET /api/ws/health`: 503 when down, so that a load balancer understands."""
        parameters.refuse_others(request.args, ())
        answer = self._health.check()
        is_down = answer.status is Status.DOWN
        if is_down or not self._may_see_checks():  # who asks stands in the database as well
            answer = HealthAnswer(status=answer.status)
        return _json(answer, 503 if is_down else 200)

    def _may_see_checks(self) -> bool:
        try:
            return self._is_signed_in()
        except DatabaseAway:  # nobody can be recognised by a token now
            return False

    def live(self) -> Response:
        """`GET /api/ws/health/live`: the process answers."""
        parameters.refuse_others(request.args, ())
        return _json(HealthAnswer(status=Status.OK))

    def ready(self) -> Response:
        """`GET /api/ws/health/ready`: requests can be served."""
        parameters.refuse_others(request.args, ())
        if not self._health.is_ready():
            raise Away("The database does not answer.", retry_after=RETRY_SECONDS)
        return _json(HealthAnswer(status=Status.OK))

    def openapi(self) -> Response:
        """`GET /api/openapi.json`."""
        parameters.refuse_others(request.args, ())
        return _json(document())

    def docs(self) -> str:
        """`GET /api/docs`: the same description for people."""
        return render_template("api_docs.html", **sections(document()))


def register(
    app: Flask,
    reports: Reports,
    health: Health,
    *,
    now: Callable[[], datetime],
    is_signed_in: Callable[[], bool],
) -> None:
    """Add the routes to `app`."""
    answers = Answers(reports, health, now, is_signed_in)
    for path, view in (
        (f"{PREFIX}/client-metrics/summary", answers.summary),
        (f"{PREFIX}/metrics", answers.metrics),
        ("/metrics", answers.prometheus),
        (f"{PREFIX}/health", answers.health),
        (f"{PREFIX}/health/live", answers.live),
        (f"{PREFIX}/health/ready", answers.ready),
        ("/api/openapi.json", answers.openapi),
        ("/api/docs", answers.docs),
    ):
        app.add_url_rule(path, f"api_{view.__name__}", view, methods=["GET"])


def _json(answer: Any, status: int = 200) -> Response:
    response = Response(msgspec.json.encode(answer), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_csv(summary: Summary | ServerMetrics) -> Response:
    """The series, one line per step."""
    is_server = isinstance(summary, ServerMetrics)
    names = (ServerPoint if is_server else Point).__struct_fields__
    subject = "server-metrics" if is_server else "client-metrics-summary"
    header = [f"{name}_ms" if name in DURATIONS else name for name in names]
    rows = ([getattr(point, name) for name in names] for point in summary.series)
    text = csv_response.table(header, rows)
    start, end = (f"{moment:%Y%m%dT%H%MZ}" for moment in (summary.start, summary.end))
    response = csv_response.download(text, f"{subject}_{start}_{end}.csv")
    response.headers["Cache-Control"] = "no-store"
    return response
