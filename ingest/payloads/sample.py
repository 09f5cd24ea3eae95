"""Validation of another service's sample: from a plain object to its row, or a `Fault`."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from models.metrics.server_catalogue import OWN_SERVICE
from models.raw.server_agents import SampleAgent
from models.raw.server_samples import Histogram, ServerSample

from . import ends, rules, unknown
from .fault import Fault, from_validation
from .sample_schema import AgentPayload, DurationsPayload, SamplePayload
from .schema import LONGEST_MS, requirements

MOST_LABELS = 100
LONGEST_ROOM = 128
UNNAMED = "other"
_requirements = requirements(SamplePayload)
unknown_sample_fields = unknown.counter(SamplePayload)
_label = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,48}")
_close = re.compile(r"([1-4][0-9]{3}|unknown)(/(client|server|proxy|nobody))?")
_status = re.compile(r"[45][0-9]{2}")


def read_sample(item: Any, now: datetime) -> ServerSample:
    """The sample in `item`, received at `now`. Raises `Fault` naming the first field at fault."""
    if not isinstance(item, dict):
        raise Fault("sample", "must be an object")
    try:
        payload = msgspec.convert(item, SamplePayload, strict=True)
    except msgspec.ValidationError as error:
        raise from_validation(error, _requirements) from None
    start, end = rules.period(payload.period_start, payload.period_end, now)
    connections, messages = payload.connections, payload.messages
    rooms, performance = payload.rooms, payload.performance
    users = connections.unique_users
    return ServerSample(
        sample_id=payload.sample_id,
        period_start=start,
        period_end=end,
        received_at=now,
        service=_service(payload.service),
        instance=rules.text("instance", payload.instance) or "",
        app=rules.text("app", payload.app) or "default",
        active=connections.active,
        anonymous=connections.active if users is None else users,
        opened=connections.opened,
        closed=_counts("connections.closed", connections.closed, _close, "a close code or unknown"),
        rejected=_counts("connections.rejected", connections.rejected, _status, "an HTTP status"),
        sent=messages.sent,
        received=messages.received,
        bytes_sent=messages.bytes_sent,
        bytes_received=messages.bytes_received,
        by_type=_by_type(messages.by_type),
        errors=_errors(messages.errors, messages.errors_by_kind),
        slow_closes=connections.slow_closes,
        stale=connections.stale,
        outbox_bytes=performance.outbox_bytes,
        rooms=rooms.active,
        members=rooms.members,
        top_rooms=_top_rooms(rooms.top),
        latency=_durations("performance.message_latency_ms", performance.message_latency_ms),
        broadcast=_durations("performance.broadcast_ms", performance.broadcast_ms),
        processing=_durations("performance.processing_ms", performance.processing_ms),
        loop_lag=_durations("performance.loop_lag_ms", performance.loop_lag_ms),
        duration=_durations("connections.duration_ms", connections.duration_ms),
        cpu_ms=performance.cpu_ms,
        memory_bytes=performance.memory_bytes,
        descriptors=performance.descriptors,
        agent=_agent(payload.agent),
        ends=ends.of_server(payload, end),
    )


def _service(name: str) -> str:
    if name == OWN_SERVICE:
        raise Fault("service", f"must not be {OWN_SERVICE}: that is our own")
    return rules.text("service", name) or _missing()


def _agent(payload: AgentPayload | None) -> SampleAgent | None:
    if payload is None:
        return None
    return SampleAgent(
        version=rules.text("agent.version", payload.version) or "",
        face=rules.text("agent.face", payload.face) or "",
        server=rules.text("agent.server", payload.server) or "",
        release=rules.text("agent.release", payload.release),
        not_counted=tuple(payload.not_counted),
    )


def _missing() -> str:
    raise Fault("service", "must not be empty")


def _counts(
    field: str, values: Mapping[str, Any], pattern: re.Pattern[str], expected: str
) -> dict[str, int]:
    if len(values) > MOST_LABELS:
        raise Fault(field, f"must hold at most {MOST_LABELS} entries")
    for label, number in values.items():
        if not pattern.fullmatch(label):
            raise Fault(f"{field}.{label[:16]}", f"the name must be {expected}")
        rules.count(f"{field}.{label}", number)
    return {label: number for label, number in values.items() if number}


def _errors(total: int, by_kind: Mapping[str, Any]) -> dict[str, int]:
    """Errors by kind; those without a kind count as `other`."""
    kinds = _counts("messages.errors_by_kind", by_kind, _label, "1 to 48 printable characters")
    unnamed = total - sum(kinds.values())
    return kinds | ({UNNAMED: kinds.get(UNNAMED, 0) + unnamed} if unnamed > 0 else {})


def _by_type(values: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    field, counts = "messages.by_type", {}
    if len(values) > MOST_LABELS:
        raise Fault(field, f"must hold at most {MOST_LABELS} entries")
    for name, directions in values.items():
        if not _label.fullmatch(name):
            raise Fault(f"{field}.{name[:16]}", "the name must be 1 to 48 printable characters")
        if not isinstance(directions, dict):
            raise Fault(f"{field}.{name}", "must be an object with sent and received")
        counts[name] = (
            rules.count(f"{field}.{name}.sent", directions.get("sent", 0)),
            rules.count(f"{field}.{name}.received", directions.get("received", 0)),
        )
    return counts


def _top_rooms(rooms: list[Any]) -> list[tuple[str, int, int]]:
    return [_room(f"rooms.top[{index}]", room) for index, room in enumerate(rooms)]


def _room(field: str, room: Any) -> tuple[str, int, int]:
    if not isinstance(room, dict):
        raise Fault(field, "must be an object")
    name = room.get("room")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ROOM:
        raise Fault(f"{field}.room", f"must be text of 1 to {LONGEST_ROOM} characters")
    return (
        rules.text(f"{field}.room", name) or "",
        rules.count(f"{field}.members", room.get("members", 0)),
        rules.count(f"{field}.messages", room.get("messages", 0)),
    )


def _durations(field: str, payload: DurationsPayload) -> Histogram:
    return Histogram(*rules.durations(field, payload.samples_ms, payload.histogram, LONGEST_MS))
