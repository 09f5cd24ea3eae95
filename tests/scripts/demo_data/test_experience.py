"""The planted relations: drops matter in one app; slow countries have slow pages, no more."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from models.raw.client_reports import ClientReport
from scripts.demo_data import world
from scripts.demo_data.experience import AFTER_DROP, DISHEARTENED_APP, INTERACTIONS
from scripts.demo_data.reports import DrawnReports
from tests.support.store.any_country import any_country

END = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAYS = timedelta(days=6)
Sessions = dict[UUID, list[ClientReport]]


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    """Those of six days without a planted incident but the release, which drops connections."""
    by_session: Sessions = defaultdict(list)
    drawn = DrawnReports(END, 120_000, world.SEED, any_country)
    for each in drawn.between(END - 2 * DAYS, END - DAYS):
        by_session[each.session_id].append(each)
    return by_session


def interactions(sessions: Sessions, app: str, *, dropped: bool) -> float:
    """The mean of a minute of people who were dropped at or before it, or not."""
    means = []
    for reports in sessions.values():
        drops = np.cumsum([each.drops for each in reports]) > 0
        means += [
            each.interactions
            for each, is_after in zip(reports, drops, strict=True)
            if each.app == app and is_after == dropped
        ]
    return float(np.mean(means))


def test_after_a_drop_people_interact_less_in_the_portal_only(sessions: Sessions) -> None:
    for app in world.APPS:
        usual = interactions(sessions, app.name, dropped=False)
        after = interactions(sessions, app.name, dropped=True)
        expected = AFTER_DROP if app.name == DISHEARTENED_APP else 1.0
        assert usual == pytest.approx(INTERACTIONS, rel=0.06), app.name
        assert after / usual == pytest.approx(expected, abs=0.13), app.name


def test_slow_trips_go_with_slow_pages_but_not_within_a_country(sessions: Sessions) -> None:
    rows = [
        (reports[0].country, _trip(reports), reports[0].page_load_ms)
        for reports in sessions.values()
        if reports[0].page_load_ms is not None
    ]
    trips, loads = (np.log(np.array([row[n] for row in rows], dtype=float)) for n in (1, 2))
    assert np.corrcoef(trips, loads)[0, 1] > 0.4
    names = np.array([str(row[0]) for row in rows])
    for name in {*names}:
        for each in (trips, loads):
            each[names == name] -= each[names == name].mean()
    assert abs(np.corrcoef(trips, loads)[0, 1]) < 0.06


def test_what_is_measured_once_is_reported_once(sessions: Sessions) -> None:
    for reports in sessions.values():
        for name in ("page_load_ms", "lcp_ms", "cls", "inp_ms"):
            assert sum(getattr(each, name) is not None for each in reports) <= 1


def _trip(reports: list[ClientReport]) -> float:
    total = sum(each.latency_sum_us for each in reports)
    return total / sum(sum(each.latency_counts) for each in reports)
