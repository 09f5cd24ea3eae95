"""The client report as browsers send it: every field with its type, unit and bounds.

Validation, its error texts and the OpenAPI description all derive from these types.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec import Meta

from models.metrics.close_codes import BrowserBy

LARGEST_COUNT = 10**9
LONGEST_MS = 86_400_000
LONGEST_LATENCY_MS = 600_000
MOST_ENDS = 20
LEAST_SAMPLE_RATE = 1e-6  # one report may stand for a million at most

Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Milliseconds = Annotated[float, Meta(ge=0, le=LONGEST_MS)]
CloseCode = Annotated[int, Meta(ge=1000, le=4999)]
Latency = Annotated[float, Meta(ge=0, le=LONGEST_LATENCY_MS)]
Unknown = Literal["unknown"]
Text32 = Annotated[str, Meta(max_length=32)]
Text64 = Annotated[str, Meta(max_length=64)]
Path = Annotated[str, Meta(max_length=256)]
Instant = Annotated[datetime, Meta(tz=True)]


class ConnectionPayload(msgspec.Struct, frozen=True):
    """What became of connections in the period. Monitors from 2.0 on send `lost`, and judge each
    end by what happened; the kinds of a report without it are not counted."""

    attempts: Count = 0
    opened: Count = 0
    failed: Count = 0
    drops: Count = 0
    reconnect_attempts: Count = 0
    reconnect_successes: Count = 0
    open_ms: Milliseconds = 0
    downtime_ms: Milliseconds = 0
    close_codes: dict[str, Any] = {}
    recovery_ms: Annotated[list[Milliseconds], Meta(max_length=100)] = []
    longest_silence_ms: Milliseconds | None = None
    lost: Count | None = None
    ended_by_server: Count | None = None
    replaced: Count | None = None
    never_back: Count | None = None
    abandoned: Count | None = None
    silent_ms: Annotated[list[Milliseconds], Meta(max_length=100)] = []
    downtime_hidden_ms: Milliseconds | None = None
    suspended_ms: Milliseconds | None = None
    open_losses: Count | None = None
    close_codes_given: dict[str, Any] = {}


class MessagesPayload(msgspec.Struct, frozen=True):
    """Messages of the page; the monitor's own pings are not counted."""

    sent: Count = 0
    received: Count = 0
    queued: Count = 0
    errors: Count = 0
    bytes_sent: Count = 0
    bytes_received: Count = 0


class LatencyPayload(msgspec.Struct, frozen=True):
    """Round trips: single samples and counts of the shared histogram, which add."""

    samples_ms: Annotated[list[Latency], Meta(max_length=500)] = []
    histogram: dict[str, Any] = {}


class ReplyPayload(LatencyPayload, frozen=True):
    """Round trips of what the application itself replied to, never merged with the others."""


class NetworkPayload(msgspec.Struct, frozen=True):
    """What `navigator.connection` said."""

    type: Text32 | None = None
    effective_type: Text32 | None = None
    rtt_ms: Milliseconds | Unknown | None = None
    downlink_mbps: Annotated[float, Meta(ge=0, le=1e6)] | Unknown | None = None


class ExperiencePayload(msgspec.Struct, frozen=True):
    """What people met on the page."""

    page_load_ms: Milliseconds | None = None
    lcp_ms: Milliseconds | None = None
    inp_ms: Milliseconds | None = None
    cls: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    errors: Count = 0
    interactions: Count = 0


class BrowserEndPayload(msgspec.Struct, frozen=True):
    """The end of one connection that has an id of its own, `ago_ms` before the end of the period.

    `by` is who asked for it: the page by `close`, the server by a close frame, nobody, or the page
    was left before. `code` is what the page read, `own_code` what it gave; `open_ms` is absent of
    what never opened. `sent` and `received` count messages of every kind.
    """

    id: UUID
    by: BrowserBy
    ago_ms: Milliseconds = 0
    open_ms: Milliseconds | None = None
    code: CloseCode | None = None
    own_code: CloseCode | None = None
    sent: Count = 0
    received: Count = 0


class ReportPayload(msgspec.Struct, frozen=True):
    """One client report."""

    report_id: UUID
    session_id: UUID
    period_start: Instant
    period_end: Instant
    app: Text64 | None = None
    release: Text64 | None = None
    page: Path | None = None
    endpoint: Path | None = None
    sdk_version: Text32 | None = None
    protocol: Text32 | None = None
    may_be_blind: Annotated[list[Text32], Meta(max_length=8)] = []
    leaving: bool = False
    sample_rate: Annotated[float, Meta(ge=LEAST_SAMPLE_RATE, le=1)] = 1.0
    connection: ConnectionPayload = msgspec.field(default_factory=ConnectionPayload)
    messages: MessagesPayload = msgspec.field(default_factory=MessagesPayload)
    latency: LatencyPayload = msgspec.field(default_factory=LatencyPayload)
    reply: ReplyPayload = msgspec.field(default_factory=ReplyPayload)
    setup_ms: Annotated[list[Milliseconds], Meta(max_length=100)] = []
    ends: Annotated[list[BrowserEndPayload], Meta(max_length=MOST_ENDS)] = []
    network: NetworkPayload = msgspec.field(default_factory=NetworkPayload)
    ux: ExperiencePayload = msgspec.field(default_factory=ExperiencePayload)
    custom: dict[str, Any] = {}
    lost_reports: Count = 0


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "connection": ConnectionPayload,
    "messages": MessagesPayload,
    "latency": LatencyPayload,
    "reply": ReplyPayload,
    "network": NetworkPayload,
    "ux": ExperiencePayload,
}


def requirements(struct: type[msgspec.Struct] = ReportPayload, prefix: str = "") -> dict[str, str]:
    """What the value at each path (`connection.drops`, `setup_ms[]`) must be, as error text."""
    by_path: dict[str, str] = {}
    for name, hint in get_type_hints(struct, include_extras=True).items():
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            by_path |= {prefix + name: "must be an object"} | requirements(hint, f"{prefix}{name}.")
        else:
            by_path |= _requirement(prefix + name, hint)
    return by_path


def _requirement(path: str, hint: Any) -> dict[str, str]:
    parts = [
        part for part in (get_args(hint) if _is_union(hint) else [hint]) if part is not type(None)
    ]
    kind, meta = _plain(parts[0])
    unknown = " or unknown" if len(parts) > 1 else ""
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        is_struct = isinstance(item, type) and issubclass(item, msgspec.Struct)
        inner = requirements(item, f"{path}[].") if is_struct else {}
        inner |= _requirement(path + "[]", item)
        return {path: f"must be a list of at most {meta.max_length}", **inner}
    return {path: f"must be {_bounded(kind, meta)}{unknown}"}


def _is_union(hint: Any) -> bool:
    return get_origin(hint) not in (Annotated, list, dict, None) and get_origin(hint) is not Literal


def _plain(hint: Any) -> tuple[Any, Any]:
    if get_origin(hint) is Annotated:
        kind, meta = get_args(hint)[:2]
        return kind, meta
    return hint, Meta()


def _bounded(kind: Any, meta: Meta) -> str:
    if kind in (int, float):
        noun = "a whole" if kind is int else "a finite"
        return f"{noun} number from {meta.ge:g} to {meta.le:.0f}"
    if kind is str:
        return f"text of at most {meta.max_length} characters"
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    if kind is datetime:
        return "a time with its zone, such as 2026-11-23T10:00:00Z"
    return {UUID: "a UUID"}.get(kind, "an object")
