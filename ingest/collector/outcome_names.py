"""The bounded label values of ingest outcomes: invalid fields, refusal reasons, lag buckets.

Client input never becomes a label: an unrecognised field counts as `other`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from http import HTTPStatus

import msgspec

from ingest.payloads.event import EventPayload
from ingest.payloads.sample_schema import SamplePayload
from ingest.payloads.schema import ReportPayload

OTHER = "other"
REFUSALS = {
    HTTPStatus.BAD_REQUEST: "malformed",
    HTTPStatus.UNAUTHORIZED: "key",
    HTTPStatus.FORBIDDEN: "origin",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "media type",
    HTTPStatus.TOO_MANY_REQUESTS: "rate",
    HTTPStatus.SERVICE_UNAVAILABLE: "store away",
}
LAG_SECONDS = (1, 2, 5, 10, 15, 30, 60, 300, 3600, 172_800)  # a report may be 48 h old
_PERIOD_LABELS = {
    "ahead": "period_end: ahead of our clock",
    "behind": "period_end: older than 48 h",
}
_SUBSCRIPT = re.compile(r"\[[^\]]*\]")


def _paths(kind: type[msgspec.Struct], prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield prefix + field.name
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from _paths(field.type, f"{prefix}{field.name}.")


_FIELD_PATHS = frozenset(
    {"report", "reports", "sample", "samples", "event"}.union(
        *(_paths(kind) for kind in (ReportPayload, SamplePayload, EventPayload))
    )
)


def of_fault(field: str, reason: str) -> str:
    """`latency.samples_ms[3]` is `latency.samples_ms`, `custom.cart` is `custom`."""
    if field == "period_end":
        label = next(
            (label for direction, label in _PERIOD_LABELS.items() if f" {direction} " in reason),
            None,
        )
        if label:
            return label
    parts = _SUBSCRIPT.sub("", field[:200]).split(".")
    while parts:
        if (path := ".".join(parts)) in _FIELD_PATHS:
            return path
        parts.pop()
    return OTHER


def of_refusal(status: HTTPStatus) -> str:
    """The reason label of a refused request."""
    return REFUSALS.get(status, OTHER)


def of_lag(seconds: float) -> str:
    """The smallest bound of `LAG_SECONDS` that is not exceeded; the last for anything longer."""
    return str(LAG_SECONDS[min(bisect_left(LAG_SECONDS, seconds), len(LAG_SECONDS) - 1)])
