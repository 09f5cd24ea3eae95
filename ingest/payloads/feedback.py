"""Validation of what a person says of an incident."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from models.metrics.anomalies.incident import FeedbackVerdict

from . import rules
from .conversion import struct_of

LONGEST_NOTE = 500
REQUIREMENTS = {
    "verdict": "must be expected or real",
    "note": f"must be text of at most {LONGEST_NOTE} characters",
}


class FeedbackPayload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`expected`: it was planned, or is harmless; its time is left out of later fits. `real`: it
    was worth a look."""

    verdict: FeedbackVerdict
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""


def read_feedback(item: Any) -> tuple[FeedbackVerdict, str]:
    """(verdict, note). Raises `Fault`."""
    payload = struct_of(item, FeedbackPayload, REQUIREMENTS)
    return payload.verdict, rules.text("note", payload.note) or ""
