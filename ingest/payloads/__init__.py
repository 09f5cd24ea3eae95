"""The hostile edge without HTTP: bytes of a request in, validated reports or named faults out."""

from .decoding import MOST_REPORTS, MalformedBody, items
from .event import read_event
from .fault import Fault
from .report import Sender, read, unknown_fields
from .sample import read_sample

__all__ = [
    "MOST_REPORTS", "Fault", "MalformedBody", "Sender", "items", "read", "read_event",
    "read_sample", "unknown_fields",
]  # fmt: skip
