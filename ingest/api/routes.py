"""The routes that read: summary, server metrics, Prometheus, health, OpenAPI."""

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
from ingest.http.problems import ServiceUnavailable
from models.database.engine import DatabaseAway

from .document import document

PREFIX = "/api/ws"
RETRY_SECONDS = 2
DURATIONS = frozenset({"p50", "p95", "p99", "recovery_p95"})


class ReportViews:
    """The views. `is_signed_in`: whether the caller may see the single health checks."""

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
        accepted = (*parameters.RANGE, *parameters.FILTERS, "format")
        parameters.reject_unknown(request.args, accepted)
        output_format = parameters.format_of(request.args)
        window = parameters.window_of(request.args, self._now)
        summary = self._reports.summary(window, parameters.filters_of(request.args))
        return _as_csv(summary) if output_format == "csv" else _json(summary)

    def metrics(self) -> Response:
        """`GET /api/ws/metrics`."""
        parameters.reject_unknown(request.args, (*parameters.RANGE, *parameters.SERVER, "format"))
        output_format = parameters.format_of(request.args)
        window = parameters.window_of(request.args, self._now)
        app, service = (parameters.text_of(request.args, name) for name in parameters.SERVER)
        metrics = self._reports.metrics(window, app, service)
        return _as_csv(metrics) if output_format == "csv" else _json(metrics)

    def prometheus(self) -> Response:
        """`GET /metrics`."""
        parameters.reject_unknown(request.args, ())
        response = Response(self._reports.exposition(), content_type=prometheus.CONTENT_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    def health(self) -> Response:
        """`GET /api/ws/health`: 503 when down, for load balancers."""
        parameters.reject_unknown(request.args, ())
        report = self._health.check()
        is_down = report.status is Status.DOWN
        if is_down or not self._may_see_checks():  # authentication needs the database too
            report = HealthAnswer(status=report.status)
        return _json(report, 503 if is_down else 200)

    def _may_see_checks(self) -> bool:
        try:
            return self._is_signed_in()
        except DatabaseAway:  # nobody can be authenticated by a token now
            return False

    def live(self) -> Response:
        """`GET /api/ws/health/live`: the process responds."""
        parameters.reject_unknown(request.args, ())
        return _json(HealthAnswer(status=Status.OK))

    def ready(self) -> Response:
        """`GET /api/ws/health/ready`: requests can be served."""
        parameters.reject_unknown(request.args, ())
        if not self._health.is_ready():
            raise ServiceUnavailable("The database does not answer.", retry_after=RETRY_SECONDS)
        return _json(HealthAnswer(status=Status.OK))

    def openapi(self) -> Response:
        """`GET /api/openapi.json`."""
        parameters.reject_unknown(request.args, ())
        return _json(document())

    def docs(self) -> str:
        """`GET /api/docs`: the OpenAPI document as a page."""
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
    views = ReportViews(reports, health, now, is_signed_in)
    for path, view in (
        (f"{PREFIX}/client-metrics/summary", views.summary),
        (f"{PREFIX}/metrics", views.metrics),
        ("/metrics", views.prometheus),
        (f"{PREFIX}/health", views.health),
        (f"{PREFIX}/health/live", views.live),
        (f"{PREFIX}/health/ready", views.ready),
        ("/api/openapi.json", views.openapi),
        ("/api/docs", views.docs),
    ):
        app.add_url_rule(path, f"api_{view.__name__}", view, methods=["GET"])


def _json(payload: Any, status: int = 200) -> Response:
    response = Response(msgspec.json.encode(payload), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_csv(summary: Summary | ServerMetrics) -> Response:
    """The series, one row per step."""
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
