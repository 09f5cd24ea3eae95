"""The hostile edge without HTTP: bytes of a request in, validated reports or named faults out."""

from .alerting import read_acknowledgement, read_rule, read_silence
from .decoding import MOST_REPORTS, MalformedBody, items, one
from .event import read_event
from .fault import Fault
from .report import Sender, read, unknown_fields
from .sample import read_sample

__all__ = [
    "MOST_REPORTS", "Fault", "MalformedBody", "Sender", "items", "one", "read",
    "read_acknowledgement", "read_event", "read_rule", "read_sample", "read_silence",
    "unknown_fields",
]  # fmt: skip
