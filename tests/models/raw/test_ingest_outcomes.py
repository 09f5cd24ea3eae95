"""Ingest counters: added up over workers, each flush once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.database.engine import Database
from models.raw import ingest_outcomes
from models.raw.ingest_outcomes import IngestOutcomes, OutcomeCount
from tests.support.clock import NOON
from tests.support.store.postgres import rows

MINUTE = timedelta(minutes=1)
flushes = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(1, 4), st.integers(1, 9)), max_size=8
)


def outcome(
    count: int = 1, minutes: int = 0, what: str = "accepted", why: str = ""
) -> OutcomeCount:
    return OutcomeCount(NOON + minutes * MINUTE, "browsers", what, why, count)


def totals(database: Database, minutes: int = 60) -> list[tuple[str, str, int]]:
    with database.transaction() as connection:
        counted = ingest_outcomes.totals(connection, NOON, NOON + minutes * MINUTE)
    return [(row["outcome"], row["reason"], row["count"]) for row in counted]


def test_a_flush_sent_again_is_added_once(database: Database) -> None:
    outcomes = IngestOutcomes(database)
    for number in (1, 1, 2, 1):
        outcomes.add("a", number, [outcome(5)])
    assert totals(database) == [("accepted", "", 10)]


def test_workers_are_added_up(database: Database) -> None:
    def work(instance: str) -> None:
        minutes = range(9) if instance == "a" else range(8, -1, -1)
        rows_of_worker = [outcome(2, number) for number in minutes]
        for number in range(1, 4):
            IngestOutcomes(database).add(instance, number, rows_of_worker)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, "ab"))
    assert totals(database) == [("accepted", "", 2 * 9 * 3 * 2)]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(flushes)
def test_only_a_growing_number_is_added(
    database: Database, sent: list[tuple[str, int, int]]
) -> None:
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE ingest_outcomes, ingest_flushes"))
    newest, expected = Counter[str](), 0
    for instance, number, count in sent:
        IngestOutcomes(database).add(instance, number, [outcome(count)])
        expected += count if number > newest[instance] else 0
        newest[instance] = max(newest[instance], number)
    assert sum(count for _, _, count in totals(database)) == expected


def test_the_most_frequent_reason_comes_first(database: Database) -> None:
    rejected = [outcome(2, what="rejected", why="future"), outcome(7, what="rejected", why="'")]
    IngestOutcomes(database).add("a", 1, [outcome(3), outcome(9, minutes=5), *rejected])
    assert totals(database, 5) == [
        ("rejected", "'", 7),
        ("accepted", "", 3),
        ("rejected", "future", 2),
    ]


def test_a_step_has_a_column_for_each_outcome(database: Database) -> None:
    counted = [
        outcome(1), outcome(2, 1, "duplicate"), outcome(4, 1, "rejected", "a"),
        outcome(8, 1, "rejected", "b"), outcome(64, 1, "conflict"),
        outcome(16, 5, "refused"), outcome(32, 5, "lag", "1"),
    ]  # fmt: skip
    IngestOutcomes(database).add("a", 1, counted)
    with database.transaction() as connection:
        steps = ingest_outcomes.series(connection, NOON, NOON + 9 * MINUTE, 5 * MINUTE, NOON)
    assert steps == [
        {"t": NOON, "accepted": 1, "duplicates": 2, "conflicts": 64, "rejected": 12, "refused": 0},
        {"t": NOON + 5 * MINUTE, "accepted": 0, "duplicates": 0, "conflicts": 0, "rejected": 0,
         "refused": 16},
    ]  # fmt: skip


def test_old_minutes_and_silent_workers_are_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_outcomes, "DELETED_AT_ONCE", 2)
    IngestOutcomes(database).add("a", 1, [outcome(1, number) for number in range(6)])
    IngestOutcomes(database).add("b", 1, [])
    with database.transaction() as connection:
        late = "UPDATE ingest_flushes SET flushed_at = now() - interval '49 h' WHERE instance = 'a'"
        connection.execute(text(late))
    ingest_outcomes.forget(database, NOON + 5 * MINUTE)
    assert totals(database) == [("accepted", "", 1)]
    assert rows(database, "SELECT instance FROM ingest_flushes") == [("b",)]
