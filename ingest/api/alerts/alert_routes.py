"""`/api/ws/alerts`: reading alerts, and acknowledging them."""

from datetime import datetime

from analytics.alerting.answers import AlertListResponse, AlertResponse, AlertTimelineResponse
from analytics.alerting.rules.rule import SEVERITIES
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest import payloads
from ingest.access.rules import ADMINS
from ingest.http import parameters
from ingest.payloads.alerting import AcknowledgementPayload
from ingest.routing.bodies import object_body
from ingest.routing.inputs import RANGE, number, option
from ingest.routing.route import LARGEST_ID, Input, ResponseSpec, Route, Table, number_id
from ingest.routing.runner import actor_of
from models.metrics.alert_state import ACTIVE, ENDED, State

ALERTS = "/api/ws/alerts"
ACKNOWLEDGE = f"{ALERTS}/{{alert_id}}/acknowledge"
TAG = "Alerts"
STATES = tuple(str(state) for state in State)
ALERT_ID = number_id("alert_id")
HEADER = (
    "id", "rule", "severity", "state", "labels", "since", "state_since", "fired_at", "ended_at",
    "value", "threshold", "n", "acknowledged_by", "acknowledged_until", "note",
)  # fmt: skip


def alerts(
    services: Services,
    window: TimeRange | None,
    state: str | None,
    severity: str | None,
    rule: int | None,
) -> AlertListResponse:
    """`GET /api/ws/alerts`: active alerts; with a range or an ended state, history."""
    reports = services.alerts.reports
    if window is None and state in ENDED:
        now = services.now()
        window = TimeRange(now - parameters.DEFAULT_RANGE.length, now)
    if window is None:
        return reports.active((State(state),) if state else ACTIVE, severity, rule)
    states = {"states": (State(state),)} if state else {}
    return reports.between(window, severity=severity, rule_id=rule, **states)


def alert(services: Services, alert_id: int) -> AlertTimelineResponse:
    """`GET /api/ws/alerts/{id}`."""
    return services.alerts.reports.timeline(alert_id)


def acknowledge(
    services: Services, alert_id: int, payload: tuple[str, datetime | None]
) -> AlertResponse:
    """`POST /api/ws/alerts/{id}/acknowledge`."""
    return services.alerts.actions.acknowledge(actor_of(services), alert_id, *payload)


def withdraw(services: Services, alert_id: int) -> AlertResponse:
    """`DELETE /api/ws/alerts/{id}/acknowledge`."""
    return services.alerts.actions.withdraw(actor_of(services), alert_id)


def as_csv(listed: AlertListResponse) -> Table:
    """One row per alert."""
    rows = [
        (
            alert.id, alert.rule, alert.severity, alert.state,
            ", ".join(f"{name}={value}" for name, value in alert.labels.items()),
            alert.since, alert.state_since, alert.fired_at, alert.ended_at,
            alert.value, alert.threshold, alert.n,
            *((ack.by, ack.until, ack.note) if (ack := alert.acknowledged)
              else (None, None, None)),
        )
        for alert in listed.alerts
    ]  # fmt: skip
    return Table(name="alerts.csv", header=HEADER, rows=rows)


RANGE_IF_SENT = Input(
    "window",
    RANGE,
    lambda arguments, now: (
        parameters.window_of(arguments, now) if arguments.keys() & parameters.ENDS else None
    ),
)
ROUTES = (
    Route(
        method="GET",
        path=ALERTS,
        name="alerts",
        tag=TAG,
        summary="Get active alerts",
        description="Without a range what is active now; with `start`, `end` or `range` every "
        "alert whose trouble touched the range. Pending ones are told only when asked for.",
        inputs=(
            RANGE_IF_SENT,
            option(
                "state",
                "One state. `resolved`, and `inactive` of what ended with its rule, ask for "
                "history. Default: all that are active.",
                STATES,
            ),
            option("severity", "Alerts of this severity only.", SEVERITIES),
            number(
                "rule",
                "Alerts of the rule with this number only, as told in `rule_id`; also of one "
                "removed.",
                LARGEST_ID,
            ),
        ),
        view=alerts,
        response=ResponseSpec(
            text="The alerts, the newest first.", kind=AlertListResponse, as_csv=as_csv
        ),
    ),
    Route(
        method="GET",
        path=f"{ALERTS}/{{alert_id}}",
        name="alert",
        tag=TAG,
        summary="Get an alert with its story",
        ids=(ALERT_ID,),
        view=alert,
        response=ResponseSpec(text="The alert and its transitions.", kind=AlertTimelineResponse),
    ),
    Route(
        method="POST",
        path=ACKNOWLEDGE,
        name="acknowledge_alert",
        tag=TAG,
        summary="Acknowledge an alert",
        description="Nobody is asked for again before `until`, or ever when it is null. The same "
        "again changes nothing. 409: the alert has ended.",
        roles=ADMINS,
        ids=(ALERT_ID,),
        body=object_body(AcknowledgementPayload, payloads.read_acknowledgement),
        view=acknowledge,
        response=ResponseSpec(text="The alert.", kind=AlertResponse),
        problems=(409,),
    ),
    Route(
        method="DELETE",
        path=ACKNOWLEDGE,
        name="withdraw_acknowledgement",
        tag=TAG,
        summary="Take an acknowledgement back",
        roles=ADMINS,
        ids=(ALERT_ID,),
        view=withdraw,
        response=ResponseSpec(text="The alert.", kind=AlertResponse),
        problems=(409,),
    ),
)
