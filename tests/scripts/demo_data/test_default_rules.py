"""The rules of a new installation fire on the demo when an incident is planted, and hardly else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from analytics.alerting.evaluation.window_values import values_per_step
from analytics.alerting.preview import preview, replay
from analytics.alerting.preview.past import load_history
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.rule import Rule
from models.database.engine import Database
from models.metrics.grid import Grid
from scripts.demo_data import world
from scripts.demo_data.__main__ import STATEMENT_MS, fill, fill_client
from scripts.demo_data.incidents import incidents
from scripts.demo_data.reports import DrawnReports
from scripts.demo_data.spans import Span
from tests.support.store.any_country import any_country
from tests.support.store.postgres import truncate_tables

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
TUESDAY, TWO_DAYS = datetime(2026, 3, 3, tzinfo=UTC), timedelta(days=2)
LATE = timedelta(minutes=20)  # a window, and until it is told
OUTSIDE = 1  # episodes of a rule without an incident that chance may bring
CAUSES = {
    "Round trip p95 over 200 ms": {"slow"},
    "Message error rate over 5 %": {"rejected"},
    "Many reconnection attempts": {"dropping", "restart"},
    "Connect success by country under 95 %": {"refused"},
}
Episodes = list[tuple[datetime, datetime]]


MEASURED = [rule for rule in DEFAULT_RULES if not rule.is_of_anomalies]


@pytest.fixture(scope="module")
def store(database_url: str) -> Iterator[Database]:
    """An empty store that waits for a slow machine."""
    truncate_tables(database_url)
    database = Database(database_url, statement_ms=STATEMENT_MS)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def two_days(store: Database) -> Database:
    """The reports of a Sunday and a Monday after the incidents."""
    span = Span(TUESDAY - TWO_DAYS, TUESDAY - TWO_DAYS, TUESDAY)
    drawn = DrawnReports(TUESDAY, world.REPORTS, world.SEED, any_country)
    fill_client(store, drawn.between(span.begin, span.end), span)
    return store


def episodes(database: Database, rule: Rule, grid: Grid) -> Episodes:
    arrays = load_history(database, rule, grid, preview.MOST_LABEL_SETS)
    window_values = values_per_step(rule, formula_for(rule), arrays)
    return [
        (grid.edges[episode.first], grid.edges[episode.last + 1])
        for episode in replay.episodes(rule, window_values, grid.seconds)
    ]


@pytest.mark.parametrize(
    "rule", [rule for rule in MEASURED if rule.source == "client"], ids=lambda rule: rule.name
)
def test_days_and_nights_without_an_incident_fire_nothing(two_days: Database, rule: Rule) -> None:
    seconds = preview.grid_of(rule, TUESDAY).seconds
    steps = TWO_DAYS // timedelta(seconds=seconds)
    grid = Grid.uniform(TUESDAY - timedelta(seconds=steps * seconds), seconds, steps)
    assert episodes(two_days, rule, grid) == []


def test_silence_is_judged_at_every_minute(two_days: Database) -> None:
    rule = next(rule for rule in DEFAULT_RULES if rule.metric == "reports")
    grid = Grid.uniform(TUESDAY - TWO_DAYS, 60, 2 * 1440)
    assert episodes(two_days, rule, grid) == []


@pytest.mark.deep
def test_rules_fire_in_thirty_days_when_an_incident_is_planted(
    store: Database, database_url: str
) -> None:
    truncate_tables(database_url)
    fill(store, any_country, world.REPORTS, world.SEED, END)
    begin = END - timedelta(days=world.DAYS)
    for rule in MEASURED:
        causes = [
            (begin + timedelta(seconds=each.start), begin + timedelta(seconds=each.end) + LATE)
            for name, each in incidents(begin, END).items()
            if name in CAUSES.get(rule.name, ())
        ]
        fired = episodes(store, rule, preview.grid_of(rule, END))
        explained = [
            (start, end)
            for start, end in fired
            if any(start < last and end > first for first, last in causes)
        ]
        assert bool(explained) is bool(causes), rule.name
        assert len(fired) - len(explained) <= (OUTSIDE if causes else 0), (rule.name, fired)
