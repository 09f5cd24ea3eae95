"""Incidents: what left its usual range, what explains it, and what people say of it."""

from analytics.anomalies.answers import AnomalyList, IncidentResponse
from analytics.anomalies.reports import IncidentQuery
from analytics.anomalies.selection import SEVERITIES
from analytics.ranges.timerange import Filters, TimeRange
from analytics.services.services import Services
from ingest import payloads
from ingest.access.rules import ADMINS
from ingest.payloads.feedback import FeedbackPayload
from ingest.routing.bodies import object_body
from ingest.routing.inputs import OF_PEOPLE, WINDOW, option, text
from ingest.routing.route import ResponseSpec, Route, number_id
from ingest.routing.runner import actor_of
from models.metrics.anomalies.incident import FeedbackVerdict

from .incident_table import incident_table

TAG = "Anomalies"
PATH = "/api/ws/client-metrics/anomalies"
INCIDENT_ID = number_id("incident_id")
SOURCES = ("client", "server")


def anomalies(
    services: Services,
    *,
    window: TimeRange,
    filters: Filters,
    source: str | None,
    metric: str | None,
    severity: str | None,
) -> AnomalyList:
    """`GET /api/ws/client-metrics/anomalies`."""
    labels = {name: value for name, value in filters.active().items() if name != "app"}
    query = IncidentQuery(
        source=source or SOURCES[0], app=filters.app, labels=labels,
        metrics=[metric] if metric else (), severities=[severity] if severity else (),
    )  # fmt: skip
    return services.anomalies.reports.listed(window, query)


def give_feedback(
    services: Services, incident_id: int, payload: tuple[FeedbackVerdict, str]
) -> IncidentResponse:
    """`POST /api/ws/client-metrics/anomalies/{id}/feedback`."""
    return services.anomalies.feedback.give(actor_of(services), incident_id, *payload)


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="client_metrics_anomalies",
        tag=TAG,
        summary="Get incidents",
        description="What left its usual range within the range of time, the newest first, at most "
        "500. Every metric is judged for each app, six key metrics also by country, network, "
        "browser and release. A dimension selects incidents of this value, those with a part of "
        "it, and those that it explains. `deviation` is observed minus expected at the peak; "
        "`deviation_percent` is null where 0 is expected.",
        inputs=(
            WINDOW,
            OF_PEOPLE,
            option("source", "Whose metrics; default: those of browsers.", SOURCES),
            text("metric", "Incidents that this metric has a part in; its key in the catalogue."),
            option("severity", "Incidents of this severity only.", SEVERITIES),
        ),
        view=anomalies,
        response=ResponseSpec(
            text="The incidents, and how many series are judged; as CSV a row for each incident.",
            kind=AnomalyList,
            as_csv=incident_table,
        ),
    ),
    Route(
        method="POST",
        path=f"{PATH}/{{incident_id}}/feedback",
        name="give_incident_feedback",
        tag=TAG,
        summary="Say whether an incident was expected or real",
        description="The last word replaces the one before; the same again changes nothing. The "
        "time of what was expected is left out of later fits.",
        roles=ADMINS,
        ids=(INCIDENT_ID,),
        body=object_body(FeedbackPayload, payloads.read_feedback),
        view=give_feedback,
        response=ResponseSpec(text="The incident.", kind=IncidentResponse),
    ),
)
