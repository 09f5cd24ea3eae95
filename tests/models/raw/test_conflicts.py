"""A report under a stored identity is a duplicate when its content is equal, else a conflict."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ingest.bounds.amounts import CONNECTIONS, MESSAGES
from ingest.bounds.session_bound import SessionBound, SessionUse
from ingest.collector import WriteBuffer
from ingest.http.arrivals import Arrivals
from models.database.engine import Database
from models.raw import conflicts
from models.raw.client_reports import COLUMNS, BoundedReport, ClientReport, as_json, client_reports
from models.raw.report_insert import CUT, STAMPED, ClientReports
from settings import Settings
from tests.support.clock import NOON
from tests.support.store.report_factory import report

# Fields of a report that are another body, and such that are the same body by another way.
CONTENT: list[dict[str, Any]] = [
    {}, {"drops": 1}, {"release": "2"}, {"custom": {"cart": 0.1 + 0.2}}, {"leaving": True},
    {"may_be_blind": ("worker",)}, {"recovery_ms": (1, 2)}, {"latency_sum_us": 1},
]  # fmt: skip
WAYS: list[dict[str, Any]] = [
    {}, {"received_at": NOON}, {"country": "BR", "region": "SP", "browser": "Firefox 139"},
]  # fmt: skip
posts = st.lists(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(range(len(CONTENT))), st.sampled_from(WAYS)),
        min_size=1, max_size=4,
    ),
    max_size=4,
)  # fmt: skip


def posted(number: int, fields: dict[str, Any]) -> ClientReport:
    return report(session_id=UUID(int=1), report_id=UUID(int=number), **fields)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(posts)
def test_the_first_content_of_an_identity_wins_and_others_are_conflicts(
    database: Database, requests: list[list[tuple[int, int, dict[str, Any]]]]
) -> None:
    with database.transaction() as connection:
        connection.execute(text("TRUNCATE client_reports, sessions CASCADE"))
    buffer, first = WriteBuffer(ClientReports(database)), dict[int, int]()
    for items in requests:
        outcome = buffer.commit(
            [posted(number, CONTENT[body] | way) for number, body, way in items]
        )
        new = set[int]()
        for index, (number, body, _) in enumerate(items):
            if number not in first:
                first[number] = body
                new.add(index)
        assert outcome.accepted == new
        differing = {i for i, (number, body, _) in enumerate(items) if first[number] != body}
        assert outcome.conflicts == differing
    buffer.close()
    with database.transaction() as connection:
        query = text("SELECT count(*) FROM client_reports")
        assert connection.execute(query).scalar_one() == len(first)


def test_a_probe_reads_no_day_entirely(database: Database) -> None:
    store = ClientReports(database)
    store.insert([report(period_end=NOON - timedelta(days=day)) for day in range(3)])
    with database.transaction() as connection:
        statement = conflicts.statement(client_reports, STAMPED)
        plan = connection.execute(text(f"EXPLAIN {statement.text}"), {"rows": "[]"}).scalars()
        assert not [line for line in plan if "Seq Scan" in line]


@pytest.mark.parametrize("name", sorted(set(COLUMNS) - {*STAMPED}))
def test_what_a_report_says_is_compared(name: str) -> None:
    statement = conflicts.statement(client_reports, STAMPED).text
    assert f's."{name}"' in statement or f"s.{name} = r.{name}" in statement


def test_a_retry_that_is_cut_differently_is_a_duplicate(database: Database) -> None:
    store = ClientReports(database)
    stored = posted(0, {"sent": 9, "drops": 4, "close_codes": {"1006": 4}})
    store.insert([stored, posted(1, {"sent": 9})])
    whose = msgspec.structs.asdict(stored)
    retries = [
        BoundedReport(**whose | {"sent": 3, "drops": 1, "close_codes": {"1006": 1}}),
        posted(1, {"sent": 8}),
        BoundedReport(**whose | {"sent": 3, "release": "2"}),
    ]
    assert store.conflicts(retries) == {1, 2}
    assert not store.insert(retries).keys


def test_only_what_a_bound_makes_smaller_may_differ() -> None:
    bound = SessionBound(Settings(), Arrivals())
    full = report(
        (5.0,) * 90_000, **dict.fromkeys((*MESSAGES, *CONNECTIONS, "drops"), 10**9),
        abnormal_closes=10**9, close_codes={"1006": 10**9}, close_codes_given={"1000": 10**9},
        reply_buckets=(1,), reply_counts=(10**9,), reply_sum_us=10**9, setup_buckets=(1,),
        setup_counts=(10**9,), setup_sum_us=10**9, sample_rate=1e-5,
        recovery_ms=(5,) * 100, open_ms=10**8, downtime_ms=10**8, downtime_hidden_ms=10**8,
        suspended_ms=10**8, silent_ms=10**8,
    )  # fmt: skip
    cut, _, _ = bound.apply(full, SessionUse(), NOON.timestamp())
    before, after = (msgspec.json.decode(as_json([each]))[0] for each in (full, cut))
    assert {name for name in before if before[name] != after[name]} == {*CUT}
