"""Millions of rows generated inside PostgreSQL, bypassing the insert of the product."""

from datetime import UTC, date, datetime

from sqlalchemy import text

from models.database import partitions
from models.database.engine import Database
from models.metrics.histogram_codec import packed
from models.raw.client_reports import COLUMNS, client_reports

AT_ONCE = 200_000
_LATENCY = packed((140, 150, 163, 180), (3, 2, 1, 1)).hex()
_SETUP = packed((170,), (1,)).hex()
_VALUES = {
    "session_id": "gen_random_uuid()",
    "report_id": "gen_random_uuid()",
    "period_start": "at - interval '15 s'",
    "period_end": "at",
    "received_at": "at + interval '1 s'",
    "app": "(ARRAY['portal', 'kiosk', '=odd'])[1 + i % 3]",
    "page": "'/chat/' || i % 50",
    "country": "(ARRAY['BR', 'DE', 'IN', NULL])[1 + i % 4]",
    "browser": "'Chrome 141'",
    "sample_rate": "1",
    "attempts": "1",
    "opened": "1",
    "open_ms": "15000",
    "close_codes": """'{"1000": 1}'""",
    "recovery_ms": "'{}'",
    "sent": "i % 100",
    "received": "i % 90",
    "latency": f"decode('{_LATENCY}', 'hex')",
    "latency_sum_us": "i % 1000000",
    "setup": f"decode('{_SETUP}', 'hex')",
    "effective_type": "'4g'",
    "rtt_ms": "50",
    "custom": "'{}'",
}
_names = ", ".join(f'"{name}"' for name in COLUMNS)
_expressions = ", ".join(
    _VALUES.get(column.name, "NULL" if column.nullable else "0") for column in client_reports.c
)
FILL = text(
    f"INSERT INTO client_reports ({_names}) SELECT {_expressions} FROM generate_series("
    "CAST(:first AS bigint), CAST(:last AS bigint)) AS i "
    "CROSS JOIN LATERAL (SELECT CAST(:day AS timestamptz) "
    "+ make_interval(secs => i * CAST(:gap AS double precision)) AS at) AS t"
)


def fill_day(database: Database, day: date, rows: int) -> None:
    """Insert `rows` reports into a day, evenly spaced."""
    partitions.ensure(database, "client_reports", [day])
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    gap = 86_399 / rows
    for first in range(1, rows + 1, AT_ONCE):
        last = min(first + AT_ONCE - 1, rows)
        with database.transaction() as connection:
            connection.execute(FILL, {"first": first, "last": last, "day": begin, "gap": gap})
