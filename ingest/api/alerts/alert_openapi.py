"""OpenAPI of alerts, their rules and silences."""

from analytics.alerting.answers import (
    AlertListResponse,
    AlertResponse,
    AlertTimelineResponse,
    PreviewResponse,
    RuleListResponse,
    RuleResponse,
    RuleVersionListResponse,
    SilenceListResponse,
    SilenceResponse,
)
from analytics.alerting.rules.rule import SEVERITIES, Rule
from ingest.api.openapi.parts import (
    Document,
    body,
    format_parameter,
    operation,
    parameter,
    path_parameter,
    problem_responses,
    reference,
    response,
    response_or_csv,
    time_range,
)
from ingest.payloads.alerting import AcknowledgementPayload, SilencePayload

from .alert_views import ALERTS, SILENCES, STATES
from .bodies import LARGEST_ID
from .rule_views import RULES

TYPES = (
    AlertResponse, AlertListResponse, AlertTimelineResponse, PreviewResponse, Rule, RuleResponse,
    RuleListResponse, SilenceResponse, SilenceListResponse, RuleVersionListResponse,
    AcknowledgementPayload, SilencePayload,
)  # fmt: skip
ALERT_TAG, RULE_TAG, SILENCE_TAG = "Alerts", "Alert rules", "Silences"
ID_SCHEMA: Document = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
RULE_FILTER = "Alerts of the rule with this number only, as told in `rule_id`; also of one removed."
REMOVED: Document = {"204": {"description": "It is gone."}}
WRITE_PROBLEMS = (400, 401, 403, 409, 413, 415, 422, 503)


def paths() -> Document:
    """The paths by address."""
    return {
        ALERTS: {"get": _alerts()},
        f"{ALERTS}/{{alert_id}}": {"get": _alert()},
        f"{ALERTS}/{{alert_id}}/acknowledge": {"post": _acknowledge(), "delete": _withdraw()},
        RULES: {"get": _rules(), "post": _add_rule()},
        f"{RULES}/preview": {"post": _preview()},
        f"{RULES}/{{rule_id}}": {"get": _rule(), "put": _replace_rule(), "delete": _remove_rule()},
        f"{RULES}/{{rule_id}}/versions": {"get": _versions()},
        SILENCES: {"get": _silences(), "post": _add_silence()},
        f"{SILENCES}/{{silence_id}}": {
            "get": _silence(),
            "put": _replace_silence(),
            "delete": _remove_silence(),
        },
    }


def _id_parameter(name: str) -> list[Document]:
    return [path_parameter(name, "Its number.", ID_SCHEMA)]


def _alerts() -> Document:
    states = (
        "One state. `resolved`, and `inactive` of what ended with its rule, ask for history. "
        "Default: all that are active."
    )
    return operation(
        "alerts",
        ALERT_TAG,
        "Get active alerts",
        description="Without a range what is active now; with `start` or `end` every alert whose "
        "trouble touched the range. Pending ones are told only when asked for.",
        parameters=[
            *time_range(),
            parameter("state", states, {"enum": list(STATES)}),
            parameter("severity", "Alerts of this severity only.", {"enum": list(SEVERITIES)}),
            parameter("rule", RULE_FILTER, ID_SCHEMA),
            format_parameter(),
        ],
        responses={
            "200": response_or_csv("The alerts, the newest first.", "AlertListResponse"),
            **problem_responses(401, 403, 422, 503),
        },
    )


def _alert() -> Document:
    return operation(
        "alert",
        ALERT_TAG,
        "Get an alert with its story",
        parameters=_id_parameter("alert_id"),
        responses={
            "200": response("The alert and its transitions.", "AlertTimelineResponse"),
            **problem_responses(401, 403, 404, 422, 503),
        },
    )


def _acknowledge() -> Document:
    return operation(
        "acknowledge_alert",
        ALERT_TAG,
        "Acknowledge an alert",
        description="Nobody is asked for again before `until`, or ever when it is null. The same "
        "again changes nothing. 409: the alert has ended.",
        parameters=_id_parameter("alert_id"),
        requestBody=body(reference("AcknowledgementPayload")),
        responses={
            "200": response("The alert.", "AlertResponse"),
            **problem_responses(404, *WRITE_PROBLEMS),
        },
    )


def _withdraw() -> Document:
    return operation(
        "withdraw_acknowledgement",
        ALERT_TAG,
        "Take an acknowledgement back",
        parameters=_id_parameter("alert_id"),
        responses={
            "200": response("The alert.", "AlertResponse"),
            **problem_responses(401, 403, 404, 409, 422, 503),
        },
    )


def _rules() -> Document:
    return operation(
        "alert_rules", RULE_TAG, "Get all alert rules",
        responses={"200": response("The rules by name.", "RuleListResponse"),
                   **problem_responses(401, 403, 422, 503)},
    )  # fmt: skip


def _rule() -> Document:
    return operation(
        "alert_rule", RULE_TAG, "Get an alert rule", parameters=_id_parameter("rule_id"),
        responses={"200": response("The rule.", "RuleResponse"),
                   **problem_responses(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _versions() -> Document:
    return operation(
        "alert_rule_versions", RULE_TAG, "Get who changed an alert rule",
        parameters=_id_parameter("rule_id"),
        responses={"200": response("The versions, the newest first.", "RuleVersionListResponse"),
                   **problem_responses(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _add_rule() -> Document:
    return operation(
        "add_alert_rule", RULE_TAG, "Add an alert rule", requestBody=body(reference("Rule")),
        responses={"201": response("The rule.", "RuleResponse"),
                   **problem_responses(*WRITE_PROBLEMS)},
    )  # fmt: skip


def _replace_rule() -> Document:
    return operation(
        "replace_alert_rule", RULE_TAG, "Change an alert rule", parameters=_id_parameter("rule_id"),
        description="Rules that are inhibited by it and silences that name it follow it to a new "
        "name. 409: another rule has this name.",
        requestBody=body(reference("Rule")),
        responses={"200": response("The rule.", "RuleResponse"),
                   **problem_responses(404, *WRITE_PROBLEMS)},
    )  # fmt: skip


def _remove_rule() -> Document:
    return operation(
        "remove_alert_rule", RULE_TAG, "Remove an alert rule", parameters=_id_parameter("rule_id"),
        description="Its alerts end. 409: another rule is inhibited by this one.",
        responses={**REMOVED, **problem_responses(401, 403, 404, 409, 422, 503)},
    )  # fmt: skip


def _preview() -> Document:
    return operation(
        "preview_alert_rule", RULE_TAG, "Try an alert rule on the last 30 days",
        description="Nothing is kept. `suggestions` hold the thresholds that would have fired so "
        "many times. Different sessions are tried by the hour they began in, and `note` says so.",
        requestBody=body(reference("Rule")),
        responses={"200": response("What it would have done.", "PreviewResponse"),
                   **problem_responses(400, 401, 403, 413, 415, 422, 503)},
    )  # fmt: skip


def _silences() -> Document:
    return operation(
        "silences", SILENCE_TAG, "Get silences of now and of later",
        responses={"200": response("The silences.", "SilenceListResponse"),
                   **problem_responses(401, 403, 422, 503)},
    )  # fmt: skip


def _silence() -> Document:
    return operation(
        "silence", SILENCE_TAG, "Get a silence", parameters=_id_parameter("silence_id"),
        responses={"200": response("The silence.", "SilenceResponse"),
                   **problem_responses(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _add_silence() -> Document:
    return operation(
        "add_silence", SILENCE_TAG, "Silence alerts", requestBody=body(reference("SilencePayload")),
        description="The end of an alert that was told of before is told when the silence is over.",
        responses={"201": response("The silence.", "SilenceResponse"),
                   **problem_responses(*WRITE_PROBLEMS)},
    )  # fmt: skip


def _replace_silence() -> Document:
    return operation(
        "replace_silence", SILENCE_TAG, "Change a silence", parameters=_id_parameter("silence_id"),
        requestBody=body(reference("SilencePayload")),
        responses={"200": response("The silence.", "SilenceResponse"),
                   **problem_responses(404, *WRITE_PROBLEMS)},
    )  # fmt: skip


def _remove_silence() -> Document:
    return operation(
        "remove_silence", SILENCE_TAG, "End a silence", parameters=_id_parameter("silence_id"),
        responses={**REMOVED, **problem_responses(401, 403, 404, 422, 503)},
    )  # fmt: skip
