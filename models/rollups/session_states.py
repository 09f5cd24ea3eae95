"""How many sessions have no connection and how many fell silent, at the end of each minute.

A session is in the state that its newest report before that moment tells. It counts as heard for
ten minutes, unless its page said that it leaves: for the first 150 s it is `without_connection`
when the report has open losses, thereafter it is `silent`. Monitors before 2.0 tell no open losses;
their sessions have no state.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, DateTime, Index, Table, Text, text
from sqlalchemy import PrimaryKeyConstraint as PrimaryKey

from models.database.base import Base
from models.metrics.dimensions import SPLIT_BY
from models.metrics.intervals import Interval
from models.raw.sessions import IS_PERSON

from .client_rollups import KEY
from .report_aggregates import by_value, of_value

SILENT_SECONDS, HEARD_SECONDS = 150, 600
SILENT_AFTER = timedelta(seconds=SILENT_SECONDS)
HEARD_FOR = timedelta(seconds=HEARD_SECONDS)
# Over the rows of `of_reports`.
STATE_AGGREGATES = {
    "heard": "count(*)",
    "without_connection": "count(*) FILTER (WHERE is_present AND open_losses > 0)",
    "silent": "count(*) FILTER (WHERE NOT is_present)",
}
FIGURES = tuple(STATE_AGGREGATES)
COUNTED = ", ".join(f"{aggregate} AS {name}" for name, aggregate in STATE_AGGREGATES.items())


def _states(name: str) -> Table:
    """Sums over the minutes of each cell, `t` is the start of the first."""
    return Table(
        name,
        Base.metadata,
        *(
            Column(key, DateTime(timezone=True) if key == "t" else Text(), nullable=False)
            for key in KEY
        ),
        *(Column(figure, BigInteger(), nullable=False) for figure in FIGURES),
        PrimaryKey(*KEY),
        Index(None, "t"),
    )


session_state_minutes = _states("session_state_minutes")
session_state_hours = _states("session_state_hours")


def of_reports(first: str, last: str, columns: Sequence[str] = SPLIT_BY) -> str:
    """A SELECT of one row per session and minute `t` of [:first, :last), with its newest report's
    `app`, `automated`, `columns`, `open_losses`, and `is_present` (heard within 150 s). Both ends
    are full minutes.

    Of several reports at one instant the one that leaves, or has more open losses, is the newest.
    """
    listed = ", ".join(("app", "automated", *columns))
    return (
        f"SELECT {listed}, open_losses, moment - interval '1 minute' AS t, "
        f"moment - period_end <= interval '{SILENT_SECONDS} s' AS is_present "
        f"FROM (SELECT {listed}, period_end, open_losses, leaving, "
        "date_trunc('minute', period_end, 'UTC') + interval '1 minute' AS next_minute, "
        "lead(period_end) OVER (PARTITION BY session_id "
        "ORDER BY period_end, leaving NULLS FIRST, open_losses NULLS FIRST) AS next_end "
        f"FROM client_reports WHERE period_end >= CAST(:{first} AS timestamptz) "
        f"- interval '{HEARD_SECONDS} s' AND period_end < :{last}) AS newest, "
        f"generate_series(greatest(next_minute, CAST(:{first} AS timestamptz) "
        f"+ interval '1 minute'), least(next_end, period_end + interval '{HEARD_SECONDS} s', "
        f"CAST(:{last} AS timestamptz)), interval '1 minute') AS moment "
        "WHERE open_losses IS NOT NULL AND leaving IS NOT TRUE"
    )


def counted(connection: Connection, level: str, interval: Interval) -> list[dict[str, Any]]:
    """`FIGURES` per `app`, `t` (start of the minute or hour), `dimension` and `value`, from the
    reports; both ends of `interval` are full units."""
    statement = text(
        f"SELECT app, date_trunc('{level}', t, 'UTC') AS t, {of_value()}, {COUNTED} "
        f"FROM ({of_reports('start', 'end')}) AS states WHERE {IS_PERSON} "
        f"GROUP BY app, date_trunc('{level}', t, 'UTC'), {by_value()}"
    )
    values: dict[str, datetime] = {"start": interval[0], "end": interval[1]}
    return [dict(row) for row in connection.execute(statement, values).mappings()]
