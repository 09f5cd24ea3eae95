"""The collector of client reports: HTTP route, validation by `ingest.payloads`, group commit."""

from .client_reports import ReportCollector
from .receipts import Receipt, Rejection
from .route import CollectorRoute
from .write_buffer import FlushState, StoreBusy, WriteBuffer

__all__ = [
    "CollectorRoute",
    "FlushState",
    "Receipt",
    "Rejection",
    "ReportCollector",
    "StoreBusy",
    "WriteBuffer",
]
