"""What the store answered to one question about servers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerQueryRows:
    """What the store answered; `now` is unfiltered by app, so that each worker is whole."""

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
    opened_lately: int
