"""Where browsers' reports come in: the HTTP route over `ingest.payloads`, and the group commit."""

from .group_commit import FlushState, GroupCommit, StoreBusy
from .route import Reception, register

__all__ = ["FlushState", "GroupCommit", "Reception", "StoreBusy", "register"]
