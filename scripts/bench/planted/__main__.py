"""How many planted incidents are found and explained: `python -m scripts.bench.planted`.

Four weeks of reports of the demo's portal, without its own incidents; in the last two weeks as many
incidents as there are days, drawn at run time. The jobs of the scheduler judge and explain them.
`--month`: the demo's month with its own incidents instead.
"""

import argparse
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from analytics.jobs import anomaly_rounds, explanations
from analytics.jobs.job import JobContext
from analytics.jobs.runner import LEASE
from analytics.rollups.catch_up import catch_up
from ingest.collector.country import locator
from models.anomalies import incidents
from models.anomalies.incidents import IncidentFilter, IncidentRow
from models.database import migrate, partitions
from models.database.engine import Connection, Database
from models.database.leases import Leases
from models.embedded import running
from models.raw.client_reports import ClientReport
from models.raw.report_insert import ClientReports
from scripts.bench.planted import month
from scripts.bench.planted.plants import APP, KINDS, Plant, draw, planted
from scripts.demo_data import world
from scripts.demo_data.__main__ import fill
from scripts.demo_data.reports import DrawnReports
from settings import Settings

DAYS, PLANTED_DAYS = 36, 20
END = datetime(2026, 6, 1, tzinfo=UTC)
BATCH = 2500
LATE = timedelta(hours=1)  # an incident may begin or end so much outside of its plant
WITHOUT_PLANTS = timedelta(days=90)  # from the end: beyond the demo's own incidents


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plant: its incident, if one was found, and how many reports it was in: of
    none, as at weekends, it cannot be."""

    plant: Plant
    incident: IncidentRow | None
    reports: int = 0

    @property
    def is_explained(self) -> bool:
        """Whether its slice is at rank 1."""
        explanation = self.incident.explanation if self.incident else None
        slices = (explanation or {}).get("contributions") or [{"slice": None}]
        return bool(slices[0]["slice"] == dict(self.plant.slice))


def main(arguments: list[str]) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of which the medians count (5)")
    parser.add_argument("--plants", type=int, default=20, help="of a run (20)")
    parser.add_argument("--reports", type=int, default=world.REPORTS, help="of a demo month")
    parser.add_argument("--seed", type=int, default=None, help="of the first run (drawn)")
    parser.add_argument("--month", action="store_true", help="the demo's own incidents instead")
    options = parser.parse_args(arguments)
    if options.month:
        return _month(options.reports)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    detected, explained, others = [], [], []
    for number in range(options.runs):
        outcomes, other_count = run(seed + number, options.plants, options.reports)
        for outcome in outcomes:
            print(line_of(outcome))
        detected.append(sum(each.incident is not None for each in outcomes))
        explained.append(sum(each.is_explained for each in outcomes))
        others.append(other_count)
        print(
            f"seed {seed + number}: {detected[-1]} of {len(outcomes)} found, {explained[-1]} "
            f"explained at rank 1, {sum(not each.reports for each in outcomes)} were in no report; "
            f"{other_count} other incidents in {PLANTED_DAYS} days",
            flush=True,
        )
    print(
        f"medians of {options.runs}: {median(detected)} found, {median(explained)} explained at "
        f"rank 1, {median(others)} others"
    )
    return 0


def _month(count: int) -> int:
    with scratch_store() as (database, settings):
        fill(database, locator(settings), count, world.SEED, END)
        judge(database, settings, END)
        for name, incident in month.outcomes_of(database, END).items():
            print(f"{name}: {month.line_of(incident)}")
        severities = month.quiet_days(database, END)
        print(f"days without plants, incidents by severity: {severities}")
    return 0


@contextmanager
def scratch_store() -> Iterator[tuple[Database, Settings]]:
    """A store of its own for this block, migrated, and the settings it runs with."""
    with tempfile.TemporaryDirectory(prefix="wsmon-planted-") as folder:
        Path(folder).chmod(0o711)
        settings = Settings(data_dir=Path(folder), websocket_metrics_retention_days=DAYS)
        with running(settings) as url:
            migrate.upgrade(url)
            database = Database(url, statement_ms=120_000)
            yield database, settings
            database.dispose()


def run(seed: int, number: int, count: int) -> tuple[list[Outcome], int]:
    """The outcomes of one run, and how many further incidents there are in the planted days."""
    rng = np.random.default_rng(seed)
    days = [END - timedelta(days=each) for each in range(PLANTED_DAYS, 0, -1)]
    plants = draw(rng, days, number)
    with scratch_store() as (database, settings):
        reports = DrawnReports(END + WITHOUT_PLANTS, count, seed, locator(settings))
        begin = END - timedelta(days=DAYS)
        affected: Counter[datetime] = Counter()
        planted_reports = in_trouble(reports.between(begin, END), plants, rng, affected)
        store(database, planted_reports, begin, END)
        judge(database, settings, END)
        outcomes, others = outcomes_of(database, plants, days[0], END)
    return [replace(each, reports=affected[each.plant.start]) for each in outcomes], others


def in_trouble(
    reports: Iterator[ClientReport], plants: list[Plant], rng: np.random.Generator,
    affected: Counter[datetime],
) -> Iterator[ClientReport]:  # fmt: skip
    """The reports of the app, with the plants; counts those of each by its start."""
    for report in reports:
        if report.app != APP:
            continue
        plant = next((each for each in plants if each.affects(report)), None)
        if plant is None:
            yield report
        else:
            affected[plant.start] += 1
            yield planted(report, plant, rng)


def store(
    database: Database, reports: Iterator[ClientReport], begin: datetime, end: datetime
) -> None:
    """Store and roll up."""
    count = (end - begin).days + 1
    partitions.ensure(
        database, "client_reports", [(begin + timedelta(days=day)).date() for day in range(count)]
    )
    rows = iter(reports)
    while batch := list(islice(rows, BATCH)):
        ClientReports(database).insert(batch)
    catch_up(database, end, timedelta(days=DAYS + 2), lambda _: None)


def judge(database: Database, settings: Settings, now: datetime) -> None:
    """List series, fit and judge them, and explain their incidents, as the scheduler does."""
    lease = Leases(database).take(LEASE, "bench", 36_000)
    if lease is None:
        raise RuntimeError("the store of a bench has no other scheduler")
    context = JobContext(database, settings, lambda: now, lease)
    anomaly_rounds.places(context)
    while anomaly_rounds.fits(context) != "none is due":
        pass
    while not explanations.step(context).startswith("0 of"):
        pass


def outcomes_of(
    database: Database, plants: list[Plant], since: datetime, end: datetime
) -> tuple[list[Outcome], int]:
    """The incident of each plant: that of a metric of its kind which deviates most at the time; and
    how many incidents are of no plant."""
    with database.transaction() as connection:
        rows = incidents.matching(connection, IncidentFilter(start=since, end=end), 10_000)
        outcomes = [Outcome(plant, _incident_of(connection, rows, plant)) for plant in plants]
    others = [row for row in rows if not any(_overlaps(row, plant) for plant in plants)]
    return outcomes, len(others)


def line_of(outcome: Outcome) -> str:
    """A line of the report."""
    plant, incident = outcome.plant, outcome.incident
    sentence = "not found"
    if incident is not None:
        sentence = f"{incident.severity} {(incident.explanation or {}).get('sentence', '')}"
    values = " ".join(plant.slice.values())
    hours = (plant.end - plant.start) / timedelta(hours=1)
    mark = "+" if outcome.is_explained else "-"
    size = f"{plant.size:.2f}, {hours:.0f} h, {outcome.reports} reports"
    return f"{mark} {plant.kind} {size}, {values}: {sentence}"


def _incident_of(
    connection: Connection, rows: list[IncidentRow], plant: Plant
) -> IncidentRow | None:
    near = [row for row in rows if _overlaps(row, plant)]
    parts = incidents.parts_of(connection, [row.id for row in near])
    of_kind = {part.incident_id for part in parts if part.key.metric in KINDS[plant.kind]}
    candidates = [row for row in near if row.id in of_kind]
    return max(candidates, key=lambda row: row.rho, default=None)


def _overlaps(row: IncidentRow, plant: Plant) -> bool:
    return row.started_at < plant.end + LATE and row.until > plant.start - LATE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
