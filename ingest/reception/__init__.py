"""Where browsers' reports come in: the HTTP route over `ingest.payloads`, and the group commit."""

from .answer import Receipt, Rejection
from .group_commit import FlushState, GroupCommit, StoreBusy
from .reception import Reception
from .route import register, shortcut

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
