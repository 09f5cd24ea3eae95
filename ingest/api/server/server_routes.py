"""Server samples and events, which the collector takes, server metrics, and Prometheus."""

from flask import Response

from analytics.ranges.timerange import TimeRange
from analytics.reports import prometheus
from analytics.reports.server_answers import ServerMetrics, ServerPoint
from analytics.services.services import Services
from ingest.access.rules import SENDERS
from ingest.collector import Receipt
from ingest.collector.receipts import EventReceipt
from ingest.collector.server_samples import EVENTS_PATH, SAMPLES_PATH
from ingest.payloads.event import EventPayload
from ingest.payloads.sample_schema import SamplePayload
from ingest.routing.bodies import JSON, reference, single_or_list
from ingest.routing.inputs import WINDOW, text
from ingest.routing.route import Body, ResponseSpec, Route, Table
from ingest.routing.series_table import series_table

TAG = "Server metrics"


def metrics(
    services: Services, window: TimeRange, app: str | None, service: str | None
) -> ServerMetrics:
    """`GET /api/ws/metrics`."""
    return services.reports.metrics(window, app, service)


def exposition(services: Services) -> Response:
    """`GET /metrics`."""
    return Response(services.reports.exposition(), content_type=prometheus.CONTENT_TYPE)


def _as_csv(report: ServerMetrics) -> Table:
    return series_table("server-metrics", ServerPoint, report)


ROUTES = (
    Route(
        method="POST",
        path=SAMPLES_PATH,
        name="submit_server_metrics",
        tag=TAG,
        summary="Submit samples of another service",
        description="One sample, or up to 100. A sample is known by its `sample_id` and "
        "`period_end`; sent again it counts as a duplicate, with another body as a conflict: the "
        "first stays. 201 means committed. `period_end` must lie between 48 h ago and 60 s ahead "
        "of `server_time`.",
        roles=SENDERS,
        body=Body(kinds=(SamplePayload,), content={JSON: single_or_list(SamplePayload, "samples")}),
        response=ResponseSpec(
            text="At least one sample was stored or known before.", status=201, kind=Receipt
        ),
        other_responses=(ResponseSpec(text="No sample was acceptable.", status=422, kind=Receipt),),
        problems=(429,),
    ),
    Route(
        method="POST",
        path=EVENTS_PATH,
        name="submit_event",
        tag=TAG,
        summary="Mark an event on every chart",
        description="A deployment, a switch, maintenance. The same event sent again is kept once; "
        "`conflict` says that its id is that of another one.",
        roles=SENDERS,
        body=Body(kinds=(EventPayload,), content={JSON: reference(EventPayload)}),
        response=ResponseSpec(text="It is kept.", status=201, kind=EventReceipt),
        problems=(429,),
    ),
    Route(
        method="GET",
        path="/api/ws/metrics",
        name="server_metrics",
        tag=TAG,
        summary="Get what servers measured",
        description="Counts since `start`, gauges of now, over all workers whose heartbeat is "
        "fresh. Nothing is sampled. A step without samples has no point.",
        inputs=(
            WINDOW,
            text("app", "This app only."),
            text("service", "This service only; ours is `websocket-analytics`."),
        ),
        view=metrics,
        response=ResponseSpec(
            text="The figures; as CSV their series.", kind=ServerMetrics, as_csv=_as_csv
        ),
    ),
    Route(
        method="GET",
        path="/metrics",
        name="prometheus",
        tag=TAG,
        summary="Get the totals and gauges for Prometheus",
        description="The same whichever worker answers. Scrape with a token of an analyst.",
        view=exposition,
        response=ResponseSpec(
            text="Prometheus text format 0.0.4.", media={"text/plain": {"type": "string"}}
        ),
    ),
)
