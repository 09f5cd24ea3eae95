"""What the demo's live load stores fits its history: an hour of it is like the hour before."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from analytics.alerting.rules.defaults import DEFAULT_RULES
from ingest.collector.country import Locate, locator
from models.database.engine import DatabaseAway
from models.metrics.histogram import BOUNDS_US
from models.raw.client_reports import ClientReport
from scripts.demo_data import live, world
from scripts.demo_data.live import DueReports, endless
from scripts.demo_data.reports import follow, generate
from scripts.demo_data.sessions import activity
from settings import Settings
from tests.support.clock import Clock

END = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
COUNT = 50_000  # of a day, so that chance moves the figures of an hour little
FEWER = 20_000  # of thirty days
Reports = list[ClientReport]


class Stored:
    """A store in memory that is away when told so."""

    def __init__(self) -> None:
        self.reports: Reports = []
        self.is_away = False

    def insert(self, reports: Reports) -> None:
        if self.is_away:
            raise DatabaseAway("away")
        self.reports += reports


@pytest.fixture(scope="module")
def locate(tmp_path_factory: pytest.TempPathFactory) -> Locate:
    return locator(Settings(data_dir=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def hours(locate: Locate) -> tuple[Reports, Reports]:
    """The last hour of a short history, and the hour that the live load stores after it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "DAYS", 1)
        patch.setattr(live, "HOURS", 1)
        last = [r for r in generate(END, COUNT, 7, locate) if r.period_end >= END - HOUR]
        clock, store = Clock(END), Stored()
        due = DueReports(store, endless(END, COUNT, lambda: 7, locate))
        while clock() < END + HOUR:
            clock.advance(seconds=60)
            due.step(clock())
    return last, store.reports


@pytest.fixture(scope="module")
def later(locate: Locate) -> Reports:
    """Thirty days of the live load."""
    return list(follow(END, 24 * world.DAYS, FEWER, 7, locate))


def ratio(reports: Reports, part: str, total: str) -> float:
    def summed(name: str) -> float:
        if name == "reports":
            return len(reports)
        values = (getattr(report, name) for report in reports)
        return sum(sum(v) if isinstance(v, tuple) else (v or 0) for v in values)

    return float(summed(part) / summed(total))


def session_shares(reports: Reports, dimension: str) -> dict[str | None, float]:
    by_session = {report.session_id: getattr(report, dimension) for report in reports}
    return {value: n / len(by_session) for value, n in Counter(by_session.values()).items()}


def started(reports: Reports) -> int:
    return sum(report.page_load_ms is not None for report in reports)


RATES: dict[str, tuple[Callable[[Reports], float], float]] = {
    "reports": (len, 0.2),
    "sessions started": (started, 0.25),
    "open sessions": (lambda rows: len({r.session_id for r in rows}), 0.25),
    "reports per session": (lambda rows: len(rows) / len({r.session_id for r in rows}), 0.15),
    "round trip": (lambda rows: ratio(rows, "latency_sum_us", "latency_counts"), 0.15),
    "handshake": (lambda rows: ratio(rows, "setup_sum_us", "opened"), 0.25),
    "reply": (lambda rows: ratio(rows, "reply_sum_us", "reply_counts"), 0.15),
    "messages sent": (lambda rows: ratio(rows, "sent", "reports"), 0.05),
    "messages received": (lambda rows: ratio(rows, "received", "reports"), 0.05),
    "interactions": (lambda rows: ratio(rows, "interactions", "reports"), 0.1),
    "time open": (lambda rows: ratio(rows, "open_ms", "reports"), 0.02),
}
DIMENSIONS = (
    *("app", "browser", "os", "country", "release", "page", "endpoint"),
    *("effective_type", "network_type"),
)


@pytest.mark.parametrize("figure", RATES)
def test_a_live_hour_is_like_the_last_hour_of_the_history(
    hours: tuple[Reports, Reports], figure: str
) -> None:
    measure, tolerance = RATES[figure]
    before, after = map(measure, hours)
    assert after == pytest.approx(before, rel=tolerance)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_its_values_have_the_shares_they_had(
    hours: tuple[Reports, Reports], dimension: str
) -> None:
    before, after = (session_shares(rows, dimension) for rows in hours)
    for value in before.keys() | after.keys():
        assert after.get(value, 0) == pytest.approx(before.get(value, 0), abs=0.07), value


def test_usual_hours_fire_no_alert_on_round_trips(later: Reports) -> None:
    rule = next(rule for rule in DEFAULT_RULES if rule.metric == "latency_ms")
    for first in range(0, 24, 6):
        buckets = Counter[int]()
        for report in later:
            if report.period_end.hour // 6 * 6 == first:
                buckets.update(
                    dict(zip(report.latency_buckets, report.latency_counts, strict=True))
                )
        over = sum(
            n for bucket, n in buckets.items() if BOUNDS_US[bucket] > (rule.clear or 0) * 1000
        )
        assert over < 0.05 * buckets.total()


def test_drops_and_recoveries_stay_as_rare_and_as_long(later: Reports, locate: Locate) -> None:
    history = list(generate(END, FEWER, 7, locate))
    usual = [r for r in history if "1012" not in r.close_codes]
    assert ratio(later, "drops", "reports") == pytest.approx(
        ratio(usual, "drops", "reports"), rel=0.25
    )
    assert ratio(later, "recovery_ms", "reconnect_successes") == pytest.approx(
        ratio(usual, "recovery_ms", "reconnect_successes"), rel=0.15
    )
    hours, month = 24 * world.DAYS, timedelta(days=world.DAYS)
    busier = activity(END, hours) / activity(END - month, hours)  # it has more weekdays
    assert len(later) == pytest.approx(FEWER * busier, rel=0.04)


def test_reports_that_are_due_while_the_database_is_away_are_stored_later(locate: Locate) -> None:
    store = Stored()
    due = DueReports(store, follow(END, 1, 100_000, 7, locate))
    store.is_away = True
    due.step(END + HOUR / 2)
    assert store.reports == []
    store.is_away = False
    due.step(END + HOUR / 2)
    ends = [report.period_end for report in store.reports]
    assert ends
    assert ends == sorted(ends)
    assert END <= ends[0] <= ends[-1] <= END + HOUR / 2
