"""Rollups of server samples: cells per service and app, and per service and instance.

Histograms are bytes as in `server_samples`. `*_us` of a gauge is its integral over time in
microseconds; `sampled_us` is the total length of the samples, `samples` their number.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from models.database.base import Base
from models.metrics.server_columns import (
    BY_LABEL,
    COUNTS,
    DURATIONS,
    PEAKS,
    WORKER_COUNTS,
)

from .client_rollups import LEVELS

_APP_TYPES: dict[str, TypeEngine[Any]] = {
    "samples": BigInteger(),
    **dict.fromkeys(("first_start", "latest"), DateTime(timezone=True)),
    **dict.fromkeys(COUNTS, BigInteger()),
    **dict.fromkeys((*BY_LABEL, "by_type", "top_rooms"), JSONB()),
    **dict.fromkeys(DURATIONS, LargeBinary()),
    **{f"{name}_sum_us": BigInteger() for name in DURATIONS},
}
_WORKER_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys((*WORKER_COUNTS, *PEAKS), BigInteger()),
    "loop_lag": LargeBinary(),
    "loop_lag_sum_us": BigInteger(),
}


def _cells(name: str, owner: str, types: dict[str, TypeEngine[Any]]) -> Table:
    key = ("service", owner, "t")
    return Table(
        name,
        Base.metadata,
        *(Column(n, DateTime(timezone=True) if n == "t" else Text(), nullable=False) for n in key),
        *(Column(n, kind, nullable=n in PEAKS) for n, kind in types.items()),
        PrimaryKeyConstraint(*key),
        Index(None, "t"),
    )


server_minutes, server_hours, server_days = (
    _cells(f"server_{level}s", "app", _APP_TYPES) for level in LEVELS
)
worker_minutes, worker_hours, worker_days = (
    _cells(f"worker_{level}s", "instance", _WORKER_TYPES) for level in LEVELS
)
