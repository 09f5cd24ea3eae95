"""Sums of people's raw reports per app, step and value of each dimension: the input of cells.

They are grouped by sample rate, so that all sums stay integers until they are weighted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.client_columns import COUNTS, GAUGE_PARTS, GAUGES
from models.metrics.dimensions import CELL_DIMENSIONS, PROTOCOL, SEPARATOR, SPLIT_BY
from models.metrics.intervals import Interval
from models.raw.sessions import IS_PERSON

Rows = list[dict[str, Any]]
LARGEST_GAUGE = 1e12
BYTES_AT_ONCE = 16 * 2**20

WATCHED_MS = "extract(epoch FROM period_end - period_start) * 1000"
TRIES = "opened + failed"
UNCONNECTED_MS = "downtime_ms + silent_ms"  # null in a report that does not judge
IS_JUDGED = "lost IS NOT NULL"  # the report judges ends by kind


def by_value(dimensions: Sequence[str] = SPLIT_BY) -> str:
    """A grouping set per dimension, and one of all rows, whose dimension and value are ''."""
    return f"GROUPING SETS ({', '.join(f'({name})' for name in ('', *dimensions))})"


def of_value(dimensions: Sequence[str] = SPLIT_BY) -> str:
    """The columns `dimension` and `value` of a row of these grouping sets."""
    dimension = " ".join(f"WHEN grouping({name}) = 0 THEN '{name}'" for name in dimensions)
    value = " ".join(
        f"WHEN grouping({name}) = 0 THEN coalesce({name}, 'unknown')" for name in dimensions
    )
    return f"CASE {dimension} ELSE '' END AS dimension, CASE {value} ELSE '' END AS value"


WEIGHT = "(round(1024 * least(1 / sample_rate, 1000000)) / 1024)"  # of a sampled report


def sums(custom: Sequence[str] = ()) -> str:
    """The SELECT list: `reports`, `latest`, sums of `COUNTS`, concatenated `latency`, `setup` and
    `reply`, other durations as text, label counts as JSON, `<gauge>_n` and `<gauge>_parts`. What
    only newer reports tell is null without any."""
    counts = ", ".join(f"sum({name}) AS {name}" for name in COUNTS)
    gauges = "".join(
        f", count({name}) AS {name}_n, sum({_parts(f'CAST({name} AS double precision)')}) "
        f"AS {name}_parts"
        for name in GAUGES
    )
    return (
        f"count(*) AS reports, max(period_end) AS latest, {counts}, "
        f"CAST(sum({WATCHED_MS}) AS bigint) AS watched_ms, count(lost) AS judged_reports, "
        f"CAST(sum({WATCHED_MS}) FILTER (WHERE {IS_JUDGED}) AS bigint) AS judged_ms, "
        f"sum({UNCONNECTED_MS}) AS without_connection_ms, "
        "string_agg(reply, ''::bytea) AS reply, "
        "sum(CAST(reply_sum_us AS double precision)) AS reply_sum_us, "
        "jsonb_agg(close_codes_given) FILTER (WHERE close_codes_given IS NOT NULL) "
        "AS close_codes_given, "
        "string_agg(latency, ''::bytea) AS latency, "
        "sum(CAST(latency_sum_us AS double precision)) AS latency_sum_us, "
        "string_agg(setup, ''::bytea) AS setup, "
        "sum(CAST(setup_sum_us AS double precision)) AS setup_sum_us, "
        "string_agg(CAST(page_load_ms AS text), ',') AS page_load_ms, "
        "string_agg(array_to_string(recovery_ms, ','), ',') "
        "FILTER (WHERE recovery_ms <> '{}') AS recovery_ms, "
        "jsonb_agg(close_codes) FILTER (WHERE close_codes <> '{}') AS close_codes, "
        f"string_agg(coalesce(effective_type, 'unknown'), '{SEPARATOR}') AS networks"
        f"{gauges}{_customs(custom)}"
    )


def custom_keys(custom: Sequence[str]) -> dict[str, str]:
    """The bound values of `sums` of these custom values."""
    return {f"custom{index}": key for index, key in enumerate(custom)}


def by_dimension(
    connection: Connection, level: str, intervals: Sequence[Interval], custom: Sequence[str]
) -> Rows:
    """`sums` per app, `t` (start of the minute or hour), `dimension`, `value` and `sample_rate`."""
    where, values = condition(intervals)
    statement = (
        f"SELECT app, date_trunc('{level}', period_end, 'UTC') AS t, "
        f"{of_value(CELL_DIMENSIONS)}, sample_rate, {sums(custom)} FROM client_reports "
        f"WHERE {where} AND {IS_PERSON} GROUP BY 1, 2, sample_rate, {by_value(CELL_DIMENSIONS)} "
        # Where no protocol was recognised there is nothing to tell apart.
        f"HAVING grouping({PROTOCOL}) = 1 OR {PROTOCOL} IS NOT NULL ORDER BY 2, 1, 3, 4, 5"
    )
    return _rows(connection, statement, values | custom_keys(custom))


def totals(connection: Connection, intervals: Sequence[Interval], custom: Sequence[str]) -> Rows:
    """`sums` per app, minute and `sample_rate`; dimension and value are ''."""
    where, values = condition(intervals)
    statement = (
        "SELECT app, date_trunc('minute', period_end, 'UTC') AS t, '' AS dimension, '' AS value, "
        f"sample_rate, {sums(custom)} FROM client_reports WHERE {where} AND {IS_PERSON} "
        "GROUP BY 1, 2, sample_rate"
    )
    return _rows(connection, statement, values | custom_keys(custom))


def first_report(connection: Connection) -> datetime | None:
    """The oldest `period_end`."""
    oldest: datetime | None = connection.execute(
        text("SELECT min(period_end) FROM client_reports")
    ).scalar_one()
    return oldest


def bytes_in(connection: Connection, interval: Interval) -> int:
    """The size of all histograms in an interval, in bytes."""
    where, values = condition([interval])
    statement = (
        "SELECT coalesce(sum(octet_length(latency) + octet_length(setup) "
        "+ coalesce(octet_length(reply), 0)), 0) "
        f"FROM client_reports WHERE {where}"
    )
    return int(connection.execute(text(statement), values).scalar_one())


def _customs(custom: Sequence[str]) -> str:
    """Aggregates of custom values, clipped to what a sum can hold; their names are bound."""
    columns = ""
    for index in range(len(custom)):
        value = f"CAST(custom ->> :custom{index} AS double precision)"
        bounded = f"greatest(least({value}, {LARGEST_GAUGE}), -{LARGEST_GAUGE})"
        # greatest() and least() skip nulls: without a value they would answer a limit.
        only_present = f"FILTER (WHERE jsonb_exists(custom, :custom{index}))"
        columns += f", count({value}) AS custom{index}_n"
        columns += f", sum({_parts(bounded)}) {only_present} AS custom{index}_parts"
    return columns


def _parts(value: str) -> str:
    return f"round({value} * {GAUGE_PARTS})"


def _rows(connection: Connection, statement: str, values: dict[str, Any]) -> Rows:
    return [dict(row) for row in connection.execute(text(statement), values).mappings()]
