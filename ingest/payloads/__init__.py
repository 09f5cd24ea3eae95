"""Validation of untrusted request bodies, without HTTP: bytes in, rows or a `Fault` out."""

from .alerting import read_acknowledgement, read_rule, read_silence
from .decoding import MOST_REPORTS, MalformedBody, items, json_object
from .event import read_event
from .fault import Fault
from .feedback import read_feedback
from .report import SenderInfo, read, unknown_fields
from .sample import read_sample, unknown_sample_fields

__all__ = [
    "MOST_REPORTS", "Fault", "MalformedBody", "SenderInfo", "items", "json_object", "read",
    "read_acknowledgement", "read_event", "read_feedback", "read_rule", "read_sample",
    "read_silence", "unknown_fields", "unknown_sample_fields",
]  # fmt: skip
