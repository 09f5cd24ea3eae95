"""What the bench plants, and what it counts."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from models.metrics.histogram import bucket_of
from scripts.bench.planted import __main__ as bench
from scripts.bench.planted.plants import KINDS, SIZES, Plant, draw, planted
from tests.support.store.report_factory import report

DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in range(1, 21)]
HOUR = timedelta(hours=1)


def a_plant(kind: str, size: float) -> Plant:
    return Plant(
        kind=kind, size=size, slice={"country": "BR"}, start=DAYS[0], end=DAYS[0] + 3 * HOUR
    )


def test_plants_are_on_different_days_with_people_awake() -> None:
    plants = draw(np.random.default_rng(1), DAYS, 20)
    assert len({each.start.date() for each in plants}) == 20
    for each in plants:
        least, most = SIZES[each.kind]
        assert least <= each.size <= most
        assert 2 * HOUR <= each.end - each.start <= 5 * HOUR
    assert len(draw(np.random.default_rng(1), DAYS, 5)) == 5


def test_only_people_of_the_slice_at_the_time_are_in_trouble() -> None:
    plant = a_plant("drops", 1.0)
    inside = report(country="BR", period_end=DAYS[0] + HOUR)
    assert plant.affects(inside)
    assert not plant.affects(report(country="DE", period_end=DAYS[0] + HOUR))
    assert not plant.affects(report(country="BR", period_end=DAYS[0] + 4 * HOUR))
    rng = np.random.default_rng(1)
    reports = [inside, report(country="DE", period_end=DAYS[0] + HOUR), report(app="kiosk")]
    affected: Counter[datetime] = Counter()
    changed = [*bench.in_trouble(iter(reports), [a_plant("slow", 4.0)], rng, affected)]
    assert affected == {DAYS[0]: 1}
    assert [each.country for each in changed] == ["BR", "DE"]


@pytest.mark.parametrize("kind", [*KINDS])
def test_each_kind_changes_what_it_is_about(kind: str) -> None:
    calm = report((50.0, 60.0), sent=500, received=500, attempts=1, opened=1, lost=0)
    rng = np.random.default_rng(1)
    changed = planted(calm, a_plant(kind, max(SIZES[kind])), rng)
    differs = {
        "drops": changed.drops > 0 and changed.close_codes["1006"] == changed.lost,
        "refused": changed.attempts - 1 == changed.failed > 0,
        "rejected": 100 < changed.errors < 300,
        "slow": changed.latency_buckets[0] == pytest.approx(bucket_of(300.0), abs=1),
    }
    assert differs[kind]


def test_a_line_tells_what_became_of_a_plant() -> None:
    outcome = bench.Outcome(a_plant("slow", 4.0), None)
    assert bench.line_of(outcome) == "- slow 4.00, 3 h, 0 reports, BR: not found"
    assert not outcome.is_explained
