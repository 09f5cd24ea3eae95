"""Rollups of client reports: one row (a cell) per app, value of one dimension, and time.

Dimension '' with value '' is the total of the app. Minutes have the other dimensions for the last
hours only, hours and days always. What only newer reports tell is null in cells without any.
Counts are weighted by 1/sample_rate in steps of 1/1024, so that their sum does not depend on the
order; `*_n` and `reports` are not weighted. Histograms are bytes as in `client_reports`, with
weighted counts.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

from models.database.base import Base
from models.metrics.client_columns import (
    COUNTS,
    EXTRA_COUNTS,
    HISTOGRAMS,
    JUDGED,
    JUDGED_EXTRA,
    LATER_HISTOGRAMS,
    LATER_TRIALS,
    TRIALS,
)
from models.metrics.dimensions import SPLIT_BY

BY_LABEL = ("close_codes", "networks", "measures", "close_codes_given")

_TYPES: dict[str, TypeEngine[Any]] = {
    "reports": BigInteger(),
    "latest": DateTime(timezone=True),
    **dict.fromkeys((*COUNTS, *EXTRA_COUNTS, *JUDGED_EXTRA), Float(53)),
    **{f"{name}_n": BigInteger() for name in (*TRIALS, *LATER_TRIALS)},
    **dict.fromkeys(BY_LABEL, JSONB()),
    **dict.fromkeys(HISTOGRAMS, LargeBinary()),
    **{f"{name}_n": BigInteger() for name in HISTOGRAMS},
    **{f"{name}_sum_us": Float(53) for name in HISTOGRAMS},
    # See analytics.stats.session_parts; null in cells from before this column, and in pairs.
    "largest_sessions": LargeBinary(),
}
_CUBE: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys((*COUNTS, *JUDGED_EXTRA), Float(53)),
    **{f"{name}_n": BigInteger() for name in (*TRIALS, *LATER_TRIALS)},
}
_MAY_BE_NULL = frozenset(
    (
        *(*JUDGED, *JUDGED_EXTRA, "close_codes_given", "largest_sessions"),
        *(f"{name}_n" for name in (*LATER_TRIALS, *LATER_HISTOGRAMS)),
        *(*LATER_HISTOGRAMS, *(f"{name}_sum_us" for name in LATER_HISTOGRAMS)),
    )
)
LEVELS = ("minute", "hour", "day")
KEY = ("dimension", "value", "t", "app")
COLUMNS = (*KEY, *_TYPES)


def _key_columns() -> list[Column[Any]]:
    return [
        Column(name, DateTime(timezone=True) if name == "t" else Text(), nullable=False)
        for name in KEY
    ]


def _figures(types: Mapping[str, TypeEngine[Any]]) -> list[Column[Any]]:
    return [Column(name, kind, nullable=name in _MAY_BE_NULL) for name, kind in types.items()]


def _cells(name: str, *more: Index) -> Table:
    return Table(
        name,
        Base.metadata,
        *_key_columns(),
        *_figures(_TYPES),
        PrimaryKeyConstraint(*KEY),
        Index(None, "t"),
        *more,
    )


def _session_starts(level: str, *more: Column[Any]) -> Table:
    """Sessions by the time of their first report, and those of them that closed abnormally."""
    return Table(
        f"session_{level}s",
        Base.metadata,
        *_key_columns(),
        Column("started", BigInteger(), nullable=False),
        Column("abnormal", BigInteger(), nullable=False),
        *more,
        PrimaryKeyConstraint(*KEY),
        Index(None, "t"),
    )


client_minutes, client_hours, client_days = (_cells(f"client_{level}s") for level in LEVELS)
# Days by two dimensions, see `models.metrics.dimensions.pair_key`.
client_pair_days = _cells(
    "client_pair_days",
    # How many reports the values of one side have is read of the index alone.
    Index(
        "ix_client_pair_days_reports",
        *("dimension", "t", "value", "app"),
        postgresql_include=["reports"],
    ),
)
# Total hours also count by minute (60 integers); null in cells from before these columns.
BY_MINUTE = ("started_by_minute", "abnormal_by_minute")
session_hours = _session_starts("hour", *(Column(name, ARRAY(Integer())) for name in BY_MINUTE))
session_days = _session_starts("day")

dimension_values = Table(
    "dimension_values",
    Base.metadata,
    *(Column(name, Text(), nullable=False) for name in ("app", "dimension", "value")),
    Column(
        "since",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("'1970-01-01 00:00:00+00'::timestamptz"),
    ),
    Column("until", DateTime(timezone=True)),
    PrimaryKeyConstraint("app", "dimension", "value", "since"),
)

# Counts by all dimensions at once, per day: for queries with several filters.
client_cube_days = Table(
    "client_cube_days",
    Base.metadata,
    Column("t", DateTime(timezone=True), nullable=False),
    *(Column(name, Text(), nullable=False) for name in ("app", *SPLIT_BY)),
    Column("reports", BigInteger(), nullable=False),
    Column("latest", DateTime(timezone=True), nullable=False),
    *_figures(_CUBE),
    PrimaryKeyConstraint("t", "app", *SPLIT_BY),
)
