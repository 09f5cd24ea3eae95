"""The hostile edge without HTTP: bytes of a request in, validated reports or named faults out."""

from .decoding import MOST_REPORTS, MalformedBody, items
from .fault import Fault
from .report import Sender, read, unknown_fields

__all__ = ["MOST_REPORTS", "Fault", "MalformedBody", "Sender", "items", "read", "unknown_fields"]
