"""Both ends of the demo's connections: the same for the same seed, most agree, none twice."""

from datetime import UTC, datetime, timedelta

from analytics.both_ends.reports import BothEndsReports
from analytics.ranges.timerange import TimeRange
from models.both_ends.connection_ends import ServerEnd
from models.both_ends.end_counts import EndCounts
from models.database.engine import Database
from scripts.demo_data import both_ends

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEGIN = END - timedelta(hours=5)


def test_the_same_seed_gives_the_same_ends() -> None:
    first, again = (list(both_ends.ends(BEGIN, END, 7)) for _ in range(2))
    assert first == again != list(both_ends.ends(BEGIN, END, 8))
    month = list(both_ends.ends(END - timedelta(days=30), END, 7))
    assert month[-5:] == first
    assert len(month) == 7 * 24


def test_they_are_stored_once_and_most_agree(database: Database) -> None:
    for _ in range(2):
        both_ends.fill(database, BEGIN, END, 7)
    EndCounts(database, lambda _connection: None).count()
    counts = BothEndsReports(database).counts(TimeRange(BEGIN, END), None)
    batches = both_ends.ends(BEGIN, END, 7)
    servers = sum(isinstance(end, ServerEnd) for batch in batches for end in batch)
    assert counts.connections == servers
    assert counts.agree.value is not None
    assert 0.7 < counts.agree.value < 0.98
