"""Waiting messages of one recipient, and which of them are sent together.

Messages of one cause are sent together, so that a later state never overtakes an earlier one that
waits for its next try. A cause is a group of alerts; while a message of missing data waits, which
concerns several groups, all alerts are one cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

LONGEST_WAIT = timedelta(minutes=60)  # between two tries of a message
ALERTS = "alerts"
NO_DATA = "no data "  # begins the group key of a source without data


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A row of the outbox that waits; `content` is the JSON of `outbox.enqueue`."""

    id: UUID
    subject: str
    group_key: str
    content: str
    tries: int
    created_at: datetime
    next_try_at: datetime


def due_batch(waiting: Sequence[MessagePart], now: datetime) -> list[MessagePart]:
    """The rows of one cause with a try due, in their order: of the cause that waits longest. Empty
    when none is due. `waiting` is in order of creation."""
    is_source_silent = any(
        part.subject == ALERTS and part.group_key.startswith(NO_DATA) for part in waiting
    )
    causes: dict[str, list[MessagePart]] = {}
    for part in waiting:
        causes.setdefault(_cause(part, is_source_silent=is_source_silent), []).append(part)
    due = (parts for parts in causes.values() if any(_is_due(part, now) for part in parts))
    return next(due, [])


def _is_due(part: MessagePart, now: datetime) -> bool:
    """A try further ahead than the longest wait was planned before the clock was set back."""
    return part.next_try_at <= now or part.next_try_at > now + LONGEST_WAIT


def _cause(part: MessagePart, *, is_source_silent: bool) -> str:
    if part.subject != ALERTS:
        return str(part.id)
    return ALERTS if is_source_silent else f"{ALERTS} {part.group_key}"
