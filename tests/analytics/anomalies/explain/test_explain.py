"""Incidents in a real store: planted changes of people and servers, found at rank 1."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from analytics.anomalies.explain import reader, server_tables
from analytics.anomalies.explain.explain import NOTHING_USUAL, explain
from analytics.anomalies.explain.meanwhile import Moved
from analytics.anomalies.explain.reader import Change
from analytics.query.engine import Engine
from analytics.query.query import SeriesSource
from analytics.ranges.timerange import TimeRange
from models.database import partitions
from models.database.engine import Database
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

START = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
WINDOW = TimeRange(START, START + timedelta(hours=1))
DROPS = Change(
    source=SeriesSource.CLIENT, app="portal", metric="drops", window=WINDOW, labels={}
)  # fmt: skip
COUNTRIES, BROWSERS = ("BR", "DE", "US", "IN"), ("Safari 26", "Chrome 141", "Firefox 143")
PER_WINDOW = 500


def reports_of(week: int, rng: np.random.Generator) -> Iterator[ClientReport]:
    """People of an hour; in the last one release 2.4.1 loses its connections on Safari in Brazil,
    and Brazil is slow."""
    for number in range(PER_WINDOW):
        country, browser = str(rng.choice(COUNTRIES)), str(rng.choice(BROWSERS))
        release = "2.4.1" if rng.random() < 0.5 else "2.4.0"
        is_hit = (country, browser, release) == ("BR", "Safari 26", "2.4.1") and not week
        drops = int(rng.poisson(3.0 if is_hit else 0.05))
        fields: dict[str, Any] = {
            "country": country, "browser": browser, "release": release, "page": f"/{number % 5}",
            "drops": drops, "abnormal_closes": drops, "lost": drops,
            "close_codes": {"1000": 1, "1006": drops} if drops else {"1000": 1},
            "session_id": UUID(int=int(rng.integers(0, 2**63)) + 2**80),
        }  # fmt: skip
        trip = rng.lognormal(4, 0.4) * (6 if country == "BR" and not week else 1)
        at = START - timedelta(days=7 * week) + timedelta(seconds=float(rng.uniform(1, 3599)))
        yield report((float(trip), 50.0), period_end=at, **fields)


@pytest.fixture
def weeks(database: Database) -> Database:
    """With the partitions of five weeks."""
    for week in range(5):
        day = (START - timedelta(days=7 * week)).date()
        for table in ("client_reports", "server_samples"):
            partitions.ensure(database, table, [day])
    return database


def test_the_planted_slices_are_first(weeks: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    ClientReports(weeks).insert([each for week in range(5) for each in reports_of(week, rng)])
    other = Moved(metric="Message error rate", start=START, end=None, severity="High")
    explained = explain(weeks, DROPS, [other])
    first = explained.contributions[0]
    assert first.slice == {"release": "2.4.1", "browser": "Safari 26", "country": "BR"}
    assert first.share == pytest.approx(1.0, abs=0.15)
    assert first.sessions is not None
    assert first.usual_share < 0.1
    assert first.n >= first.sessions / 2
    sentence = explained.sentence.replace("\u202f", " ")
    assert ": release 2.4.1 on Safari 26 in Brazil (usually " in sentence
    assert "of the extra drops" in sentence
    assert explained.notes[-1] == (
        "At the same time moved: Message error rate (High, since the same minute)."
    )
    assert explained.advice[0].startswith(
        "See whether the network of the people affected is stable"
    )
    assert "Here: release 2.4.1 on Safari 26 in Brazil has " in explained.advice[0]

    slow = explain(weeks, replace(DROPS, metric="latency_ms"))
    assert slow.contributions[0].slice == {"country": "BR"}
    assert slow.unit.startswith("round trips slower than the usual p95 (")

    within = explain(weeks, replace(DROPS, labels={"country": "BR"}))
    assert within.contributions[0].slice == first.slice
    quiet = explain(weeks, replace(DROPS, labels={"country": "DE"}, metric="failed"))
    assert quiet.sentence.startswith("Within Germany: ")

    monkeypatch.setattr(reader, "MOST_REPORTS", 100)
    singles = explain(weeks, DROPS)
    assert singles.not_counted == {"pairs": reader.TOO_MANY}
    assert len(singles.contributions[0].slice) == 1
    with snapshot(weeks) as connection:
        unread = reader.read(Engine(connection), replace(DROPS, labels={"country": "BR"}))
    assert unread.not_counted["browser"] == reader.WITHIN


def test_what_workers_counted_is_split_by_code_and_worker(weeks: Database) -> None:
    def closes(week: int, worker: int) -> dict[str, int]:
        return {"1000/client": 40, "1006/nobody": 60 if not week and worker == 2 else 4}

    samples = [
        sample(
            period_start=START - timedelta(days=7 * week), instance=f"w{worker}", service="chat",
            period_end=START - timedelta(days=7 * week) + timedelta(minutes=20 + worker),
            app="portal", closed=closes(week, worker),
        )
        for week in range(5)
        for worker in range(3)
    ]  # fmt: skip
    ServerSamples(weeks).insert(samples)
    change = replace(DROPS, source=SeriesSource.SERVER, metric="abnormal_closes")
    explained = explain(weeks, change)
    assert explained.contributions[0].slice == {"worker": "chat w2"}
    assert explained.mix_share is None
    closed = explain(weeks, replace(change, metric="closed"))
    assert {"code": "1006"} in [each.slice for each in closed.notable]
    for metric in ("memory_bytes", "loop_lag"):
        of_process = explain(weeks, replace(change, metric=metric))
        assert of_process.not_counted == {"worker": server_tables.NOT_BY_WORKER}
    assert "worker" in server_tables.WORKERS_DROPPED.lower()


def test_without_usual_hours_nothing_is_compared(database: Database) -> None:
    explained = explain(database, DROPS)
    assert (explained.sentence, explained.contributions) == (NOTHING_USUAL, ())
