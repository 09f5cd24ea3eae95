"""Reads the sessions of a range as columns."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.correlation.sessions.packing import AGE, SUMMARY, Records, columns_of, unpacked
from analytics.correlation.sessions.table import (
    AgeBins,
    Coded,
    Ints,
    SessionTable,
    bins_of_sessions,
)
from analytics.query.query import FilterValues
from analytics.ranges.timerange import TimeRange
from models.correlation import summary_reading
from models.correlation.session_summaries import Segment
from models.database.engine import Database
from models.metrics.dimensions import SEGMENTS
from models.queries.snapshot import snapshot

MOST_SESSIONS = 200_000
LONGEST_TABLE = 1_000_000
DAY_SECONDS = 86_400


def read_sessions(
    database: Database,
    filters: FilterValues,
    window: TimeRange,
    *,
    zone: str = "UTC",
    most: int = MOST_SESSIONS,
) -> SessionTable:
    """The sessions of people that began in `window` and are summed up: they have ended, or are
    silent for half an hour. `filters` are accepted values by dimension.

    Of more than `most`, about so many are drawn at random. Raises `ValueError` for a filter that is
    none of `SEGMENTS`, and `DatabaseAway`.
    """
    if more := filters.keys() - {*SEGMENTS}:
        raise ValueError(f"sessions are not summed up by {', '.join(sorted(more))}")
    with snapshot(database) as connection:
        stored = summary_reading.packed(connection, (window.start, window.end), filters, most)
        records = unpacked(stored.figures, SUMMARY)
        labels = summary_reading.labels(connection, np.unique(records["segment"]).tolist())
    return table_of(records, unpacked(stored.ages, AGE), labels, zone=zone, share=stored.share)


def table_of(
    records: Records, ages: Records, labels: Mapping[int, Segment], *, zone: str, share: float
) -> SessionTable:
    """Records of `SUMMARY`, and of `AGE` in the same order of sessions, as columns by start."""
    order = np.argsort(records["start"], kind="stable")
    start = records["start"][order].astype(np.int64)
    columns = columns_of(records, order)
    columns["without_connection_ms"][columns["judged_ms"] == 0] = np.nan  # nobody measured it
    first = np.concatenate([[0], np.cumsum(records["bins"].astype(np.int64))])
    return SessionTable(
        zone=zone,
        start=start,
        day=_days(start, zone),
        dimensions=_dimensions(records["segment"][order], labels),
        ages=_age_bins(*bins_of_sessions(first, order), ages),
        read_share=share,
        **columns,
    )


def _dimensions(segments: Ints, labels: Mapping[int, Segment]) -> dict[str, Coded]:
    """Each dimension by codes: the segments' values numbered, then looked up for all sessions."""
    ids = np.array(sorted(labels), dtype=np.int64)
    at = _positions(ids, segments)
    coded = {}
    for number, name in enumerate(SEGMENTS):
        values = [labels[each][number] for each in ids.tolist()]
        names = sorted({*values})
        codes = {value: code for code, value in enumerate(names)}
        of_segments = np.array([codes[value] for value in values], dtype=np.int32)
        coded[name] = Coded(of_segments[at], tuple(names))
    return coded


def _positions(ids: Ints, segments: Ints) -> Ints:
    """Where each segment stands in `ids`, ascending: by a table, unless ids are far apart."""
    if not ids.size or ids[-1] - ids[0] >= LONGEST_TABLE:
        return np.searchsorted(ids, segments)
    table = np.zeros(ids[-1] - ids[0] + 1, dtype=np.int64)
    table[ids - ids[0]] = np.arange(ids.size)
    return np.asarray(table[segments - ids[0]])


def _age_bins(first: Ints, bins: Ints, records: Records) -> AgeBins:
    """Of the numbers `bins` of records; these are put in order before they become columns."""
    ages = records[bins]
    amounts = {
        name: ages[name].astype(np.float64) for name in ("interactions", "ux_errors", "drops")
    }
    return AgeBins(
        first=first,
        open_minutes=ages["open_s"] / 60.0,
        visible_minutes=ages["visible_s"] / 60.0,
        **amounts,
    )


def _days(starts: Ints, zone: str) -> Ints:
    """The number of the local day of each Unix second since 1970-01-01."""
    if not starts.size:
        return starts
    first = datetime.fromtimestamp(int(starts.min()), UTC).astimezone(ZoneInfo(zone)).date()
    last = datetime.fromtimestamp(int(starts.max()), UTC).astimezone(ZoneInfo(zone)).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) for day in days]
    edges = np.array([at.timestamp() for at in midnights])
    number = first.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    return number + np.searchsorted(edges, starts, side="right") - 1
