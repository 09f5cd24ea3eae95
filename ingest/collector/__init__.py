"""Where browsers' reports come in: the HTTP route over `ingest.payloads`, and the group commit."""

from .client_reports import ReportCollector
from .receipts import Receipt, Rejection
from .route import register, shortcut
from .write_buffer import FlushState, StoreBusy, WriteBuffer

__all__ = [
    "FlushState",
    "Receipt",
    "Rejection",
    "ReportCollector",
    "StoreBusy",
    "WriteBuffer",
    "register",
    "shortcut",
]
