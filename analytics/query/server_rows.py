"""The query results behind the server metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerQueryRows:
    """`now` is not filtered by app, so that the figures of each worker are complete."""

    data_as_of: datetime
    sums: Rows
    process: Rows
    closed: Rows
    rejected: Rows
    errors: Rows
    kinds: Rows
    rooms: Rows
    now: Rows
    workers: Rows
    services: Rows
    opened_last_minute: int
