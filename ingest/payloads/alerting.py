"""Validation of rules, silences and acknowledgements."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from analytics.alerting.rules.rule import Key, Name, Rule, Value
from analytics.alerting.services.actions import SilenceRequest

from . import rules
from .conversion import struct_of
from .fault import Fault
from .schema import Instant

LONGEST_NOTE = 500
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
REQUIREMENTS = {
    "name": "must be text of 1 to 80 characters",
    "source": "must be client or server",
    "metric": "must be the key of a metric",
    "aggregation": "must be rate, ratio, p50, p95, p99, count or mean",
    "window_seconds": "must be whole minutes, from 60 to 3600 seconds",
    "filters": "must hold at most 6 dimensions, each with text of 1 to 256 characters",
    "split_by": "must be the name of a dimension",
    "baseline": "must be the id of a baseline",
    "fire": "must be a finite number",
    "clear": "must be a finite number",
    "direction": "must be above or below",
    "for_seconds": "must be a whole number from 0 to 86400",
    "keep_firing_seconds": "must be a whole number from 0 to 86400",
    "minimum_n": "must be a whole number from 0 to 1000000000",
    "no_data": "must be show, notify or keep",
    "severity": "must be critical, warning or info",
    "channels": "must be a list of email and webhook",
    "channels[]": "must be email or webhook",
    "recipients": "must be a list of at most 50 ids",
    "recipients[]": "must be the id of a recipient",
    "notify_resolved": "must be true or false",
    "repeat_seconds": "must be a whole number from 0 to 604800",
    "inhibited_by": "must be a list of at most 20 names",
    "inhibited_by[]": "must be the name of a rule",
    "quiet_hours": "must be an object with start, end and zone",
    "quiet_hours.start": "must be a time of day such as 22:00",
    "quiet_hours.end": "must be a time of day such as 06:00",
    "quiet_hours.zone": "must be a zone such as Europe/Berlin",
    "runbook": "must be text of at most 2000 characters",
    "enabled": "must be true or false",
    "note": f"must be text of at most {LONGEST_NOTE} characters",
    "until": "must be a time with its zone, such as 2026-11-23T10:00:00Z",
    "starts_at": "must be a time with its zone, such as 2026-11-23T10:00:00Z",
    "ends_at": "must be a time with its zone, such as 2026-11-23T10:00:00Z",
    "rule": "must be the name of a rule",
    "labels": "must hold at most 6 dimensions, each with text of 1 to 256 characters",
}


class AcknowledgementPayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody takes care, until a time or for good."""

    note: Note = ""
    until: Instant | None = None


class SilencePayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Nobody is told of alerts of a rule (null: of any) whose labels hold all of `labels`, from
    `starts_at` (null: now) to `ends_at`."""

    ends_at: Instant
    starts_at: Instant | None = None
    rule: Name | None = None
    labels: Annotated[dict[Key, Value], Meta(max_length=6)] = {}
    note: Note = ""


def read_rule(item: Any) -> Rule:
    """A rule with valid fields; their combination is not checked here. Raises `Fault`."""
    return struct_of(item, Rule, REQUIREMENTS)


def read_acknowledgement(item: Any) -> tuple[str, datetime | None]:
    """(note, until). Raises `Fault`."""
    payload = struct_of(item, AcknowledgementPayload, REQUIREMENTS)
    return rules.text("note", payload.note) or "", _moment("until", payload.until)


def read_silence(item: Any) -> SilenceRequest:
    """The silence to create. Raises `Fault`."""
    payload = struct_of(item, SilencePayload, REQUIREMENTS)
    for text in (*payload.labels, *payload.labels.values()):
        rules.text("labels", text)
    ends_at = _moment("ends_at", payload.ends_at)
    if ends_at is None:
        raise Fault("ends_at", "is required")
    return SilenceRequest(
        ends_at=ends_at,
        starts_at=_moment("starts_at", payload.starts_at),
        rule=rules.text("rule", payload.rule),
        labels=payload.labels,
        note=rules.text("note", payload.note) or "",
    )


def _moment(field: str, moment: datetime | None) -> datetime | None:
    return None if moment is None else rules.instant(field, moment)
