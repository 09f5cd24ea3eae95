"""The part of the description that concerns alerts, their rules and silences."""

from analytics.alert_answers import (
    AlertAnswer,
    AlertsAnswer,
    AlertStory,
    PreviewAnswer,
    RuleAnswer,
    RulesAnswer,
    SilenceAnswer,
    SilencesAnswer,
    VersionsAnswer,
)
from analytics.alerting.rule import SEVERITIES, Rule
from ingest.payloads.alerting import AcknowledgementPayload, SilencePayload

from .alert_bodies import LARGEST_NUMBER
from .alert_rules import RULES
from .alerts import ALERTS, SILENCES, STATES
from .description_parts import (
    READERS,
    Document,
    answer,
    format_choice,
    parameter,
    problems,
    reference,
    time_range,
)

TYPES = (
    AlertAnswer, AlertsAnswer, AlertStory, PreviewAnswer, Rule, RuleAnswer, RulesAnswer,
    SilenceAnswer, SilencesAnswer, VersionsAnswer, AcknowledgementPayload, SilencePayload,
)  # fmt: skip
ALERT_TAG, RULE_TAG, SILENCE_TAG = "Alerts", "Alert rules", "Silences"
GONE: Document = {"204": {"description": "It is gone."}}
TAKEN = (400, 401, 403, 409, 413, 415, 422, 503)


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


def _operation(name: str, tag: str, summary: str, **more: object) -> Document:
    return {
        "operationId": name, "tags": [tag], "summary": summary, "security": READERS, **more,
    }  # fmt: skip


def _number(name: str) -> list[Document]:
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
    return [{"name": name, "in": "path", "required": True, "description": "Its number.",
             "schema": schema}]  # fmt: skip


def _sent(name: str) -> Document:
    return {"required": True, "content": {"application/json": {"schema": reference(name)}}}


def _alerts() -> Document:
    states = "One state; `resolved` asks for history. Default: all that are active."
    return _operation(
        "alerts",
        ALERT_TAG,
        "Get active alerts",
        description="Without a range what is active now; with `start` or `end` every alert whose "
        "trouble touched the range. Pending ones are told only when asked for.",
        parameters=[
            *time_range(),
            parameter("state", states, {"enum": list(STATES)}),
            parameter("severity", "Alerts of this severity only.", {"enum": list(SEVERITIES)}),
            format_choice(),
        ],
        responses={
            "200": {
                "description": "The alerts, the newest first.",
                "content": {
                    "application/json": {"schema": reference("AlertsAnswer")},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            **problems(401, 403, 422, 503),
        },
    )


def _alert() -> Document:
    return _operation(
        "alert",
        ALERT_TAG,
        "Get an alert with its story",
        parameters=_number("alert_id"),
        responses={
            "200": answer("The alert and its transitions.", "AlertStory"),
            **problems(401, 403, 404, 422, 503),
        },
    )


def _acknowledge() -> Document:
    return _operation(
        "acknowledge_alert",
        ALERT_TAG,
        "Acknowledge an alert",
        description="Nobody is asked for again before `until`, or ever when it is null. The same "
        "again changes nothing. 409: the alert has ended.",
        parameters=_number("alert_id"),
        requestBody=_sent("AcknowledgementPayload"),
        responses={"200": answer("The alert.", "AlertAnswer"), **problems(404, *TAKEN)},
    )


def _withdraw() -> Document:
    return _operation(
        "withdraw_acknowledgement",
        ALERT_TAG,
        "Take an acknowledgement back",
        parameters=_number("alert_id"),
        responses={
            "200": answer("The alert.", "AlertAnswer"),
            **problems(401, 403, 404, 409, 422, 503),
        },
    )


def _rules() -> Document:
    return _operation(
        "alert_rules", RULE_TAG, "Get all alert rules",
        responses={"200": answer("The rules by name.", "RulesAnswer"),
                   **problems(401, 403, 422, 503)},
    )  # fmt: skip


def _rule() -> Document:
    return _operation(
        "alert_rule", RULE_TAG, "Get an alert rule", parameters=_number("rule_id"),
        responses={"200": answer("The rule.", "RuleAnswer"), **problems(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _versions() -> Document:
    return _operation(
        "alert_rule_versions", RULE_TAG, "Get who changed an alert rule",
        parameters=_number("rule_id"),
        responses={"200": answer("The versions, the newest first.", "VersionsAnswer"),
                   **problems(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _add_rule() -> Document:
    return _operation(
        "add_alert_rule", RULE_TAG, "Add an alert rule", requestBody=_sent("Rule"),
        responses={"201": answer("The rule.", "RuleAnswer"), **problems(*TAKEN)},
    )  # fmt: skip


def _replace_rule() -> Document:
    return _operation(
        "replace_alert_rule", RULE_TAG, "Change an alert rule", parameters=_number("rule_id"),
        description="Rules that are inhibited by it and silences that name it follow it to a new "
        "name. 409: another rule has this name.",
        requestBody=_sent("Rule"),
        responses={"200": answer("The rule.", "RuleAnswer"), **problems(404, *TAKEN)},
    )  # fmt: skip


def _remove_rule() -> Document:
    return _operation(
        "remove_alert_rule", RULE_TAG, "Remove an alert rule", parameters=_number("rule_id"),
        description="Its alerts end. 409: another rule is inhibited by this one.",
        responses={**GONE, **problems(401, 403, 404, 409, 422, 503)},
    )  # fmt: skip


def _preview() -> Document:
    return _operation(
        "preview_alert_rule", RULE_TAG, "Try an alert rule on the last 30 days",
        description="Nothing is kept. `suggestions` hold the thresholds that would have fired so "
        "many times. Different sessions are tried by the hour they began in, and `note` says so.",
        requestBody=_sent("Rule"),
        responses={"200": answer("What it would have done.", "PreviewAnswer"),
                   **problems(400, 401, 403, 413, 415, 422, 503)},
    )  # fmt: skip


def _silences() -> Document:
    return _operation(
        "silences", SILENCE_TAG, "Get silences of now and of later",
        responses={"200": answer("The silences.", "SilencesAnswer"),
                   **problems(401, 403, 422, 503)},
    )  # fmt: skip


def _silence() -> Document:
    return _operation(
        "silence", SILENCE_TAG, "Get a silence", parameters=_number("silence_id"),
        responses={"200": answer("The silence.", "SilenceAnswer"),
                   **problems(401, 403, 404, 422, 503)},
    )  # fmt: skip


def _add_silence() -> Document:
    return _operation(
        "add_silence", SILENCE_TAG, "Silence alerts", requestBody=_sent("SilencePayload"),
        description="The end of an alert that was told of before is told when the silence is over.",
        responses={"201": answer("The silence.", "SilenceAnswer"), **problems(*TAKEN)},
    )  # fmt: skip


def _replace_silence() -> Document:
    return _operation(
        "replace_silence", SILENCE_TAG, "Change a silence", parameters=_number("silence_id"),
        requestBody=_sent("SilencePayload"),
        responses={"200": answer("The silence.", "SilenceAnswer"), **problems(404, *TAKEN)},
    )  # fmt: skip


def _remove_silence() -> Document:
    return _operation(
        "remove_silence", SILENCE_TAG, "End a silence", parameters=_number("silence_id"),
        responses={**GONE, **problems(401, 403, 404, 422, 503)},
    )  # fmt: skip
