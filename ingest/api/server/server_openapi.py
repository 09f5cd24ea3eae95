"""OpenAPI of server samples, events and server metrics."""

from analytics.reports.server_answers import ServerMetrics
from ingest.api.openapi.parts import (
    VALUE,
    Document,
    body,
    format_parameter,
    operation,
    parameter,
    problem_responses,
    reference,
    response,
    response_or_csv,
    single_or_list,
    time_range,
)
from ingest.collector.receipts import EventReceipt
from ingest.collector.server_samples import EVENTS_PATH, SAMPLES_PATH
from ingest.payloads.event import EventPayload
from ingest.payloads.sample_schema import SamplePayload

TYPES = (ServerMetrics, SamplePayload, EventPayload, EventReceipt)
TAG = "Server metrics"


def paths() -> Document:
    """The paths by address."""
    return {
        SAMPLES_PATH: {"post": _post_samples()},
        EVENTS_PATH: {"post": _post_event()},
        "/api/ws/metrics": {"get": _server_metrics()},
        "/metrics": {"get": _prometheus()},
    }


def _post_samples() -> Document:
    return operation(
        "submit_server_metrics",
        TAG,
        "Submit samples of another service",
        description="One sample, or up to 100. A sample is known by its `sample_id` and "
        "`period_end`; sent again it counts as a duplicate. 201 means committed. `period_end` must "
        "lie between 48 h ago and 60 s ahead of `server_time`.",
        requestBody=body(single_or_list("SamplePayload", "samples")),
        responses={
            "201": response("At least one sample was stored or known before.", "Receipt"),
            **problem_responses(400, 401, 403, 413, 415, 429, 503),
            "422": response("No sample was acceptable.", "Receipt"),
        },
    )


def _post_event() -> Document:
    return operation(
        "submit_event",
        TAG,
        "Mark an event on every chart",
        description="A deployment, a switch, maintenance. The same event sent again is kept once.",
        requestBody=body(reference("EventPayload")),
        responses={
            "201": response("It is kept.", "EventReceipt"),
            **problem_responses(400, 401, 403, 413, 415, 422, 429, 503),
        },
    )


def _server_metrics() -> Document:
    return operation(
        "server_metrics",
        TAG,
        "Get what servers measured",
        description="Counts since `start`, gauges of now, over all workers whose heartbeat is "
        "fresh. Nothing is sampled. A step without samples has no point.",
        parameters=[
            *time_range(),
            parameter("app", "This app only.", VALUE),
            parameter("service", "This service only; ours is `websocket-analytics`.", VALUE),
            format_parameter(),
        ],
        responses={
            "200": response_or_csv("The figures; as CSV their series.", "ServerMetrics"),
            **problem_responses(401, 403, 422, 503),
        },
    )


def _prometheus() -> Document:
    return operation(
        "prometheus",
        TAG,
        "Get the totals and gauges for Prometheus",
        description="The same whichever worker answers. Scrape with a token of an analyst.",
        responses={
            "200": {
                "description": "Prometheus text format 0.0.4.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            **problem_responses(401, 403, 422, 503),
        },
    )
