"""Where browsers' reports come in: the HTTP route over `ingest.payloads`, and the group commit."""

from .client_reports import Reception
from .receipts import Receipt, Rejection
from .route import register, shortcut
from .write_buffer import FlushState, GroupCommit, StoreBusy

__all__ = [
    "FlushState",
    "GroupCommit",
    "Receipt",
    "Reception",
    "Rejection",
    "StoreBusy",
    "register",
    "shortcut",
]
