"""Validation of a baseline to save."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from analytics.baselines.limits import LONGEST_NAME, LONGEST_NOTE, LONGEST_VALUE, BaselineRequest
from analytics.ranges.timerange import TimeRange
from ingest.payloads import rules
from ingest.payloads.conversion import struct_of
from ingest.payloads.fault import Fault
from ingest.payloads.schema import Instant

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Value = Annotated[str, Meta(min_length=1, max_length=LONGEST_VALUE)]
REQUIREMENTS = {
    "name": f"must be text of 1 to {LONGEST_NAME} characters",
    "source": "must be client or server",
    "start": "must be a time with its zone, such as 2026-11-23T10:00:00Z",
    "end": "must be a time with its zone, such as 2026-11-23T10:00:00Z",
    "filters": "must hold at most 2 dimensions, each with text of 1 to 256 characters",
    "note": f"must be text of at most {LONGEST_NOTE} characters",
}


class BaselinePayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The full hours of [start, end) under a name: of browsers (`client`) or of servers, under
    filters by app and one other dimension."""

    name: Name
    source: Literal["client", "server"] = "client"
    start: Instant
    end: Instant
    filters: Annotated[dict[Key, Value], Meta(max_length=2)] = {}
    note: Note = ""


def read_baseline(item: Any) -> BaselineRequest:
    """The baseline to save; that its parts fit together is checked when it is read. Raises
    `Fault`."""
    payload = struct_of(item, BaselinePayload, REQUIREMENTS)
    start, end = (
        rules.instant(field, moment)
        for field, moment in (("start", payload.start), ("end", payload.end))
    )
    try:
        window = TimeRange(start, end)
    except ValueError as fault:
        raise Fault("start", str(fault)) from None
    return BaselineRequest(
        name=payload.name, source=payload.source, window=window, filters=payload.filters,
        note=payload.note,
    )  # fmt: skip
