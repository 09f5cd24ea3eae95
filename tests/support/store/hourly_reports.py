"""Hours of invented browsers, a session a report, for what is compared over hours."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from models.database.engine import Database
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from tests.support.store.report_factory import report

HOUR_MS = 3_600_000


def hourly_reports(
    end: datetime,
    hours: int,
    *,
    latency_ms: float = 50.0,
    drops: float = 0.1,
    of_hour: int = 12,
    seed: int = 1,
    country: str | None = None,
) -> list[ClientReport]:
    """`of_hour` sessions in each of the `hours` before `end`, of which a share `drops` dropped;
    each with ten round trips about `latency_ms`, 40 messages, and one failed try of ten."""
    random = Random(seed)
    reports = []
    for number in range(hours * of_hour):
        at = end - timedelta(hours=number // of_hour, minutes=1 + random.randrange(58))
        trips = tuple(latency_ms * random.lognormvariate(0, 0.4) for _ in range(10))
        dropped = int(random.random() < drops)
        reports.append(
            report(
                trips, session_id=UUID(int=random.getrandbits(120)), period_end=at, attempts=10,
                opened=9, failed=1, drops=dropped, lost=dropped, ended_by_server=0, replaced=0,
                never_back=0, abandoned=0, abnormal_closes=dropped, open_ms=HOUR_MS,
                downtime_ms=dropped * 900, sent=20, received=20, errors=random.randrange(2),
                page_load_ms=1200, interactions=30, country=country,
            )
        )  # fmt: skip
    return reports


def store_hours(database: Database, *parts: list[ClientReport]) -> None:
    """Insert the reports of several calls of `hourly_reports`."""
    batch = ClientReports(database).insert([each for part in parts for each in part])
    assert batch.refused == {}
