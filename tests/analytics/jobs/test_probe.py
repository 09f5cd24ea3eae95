"""The probe of the scheduler: series, rules, and nothing among people."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.jobs import probe
from analytics.jobs.job import JobContext
from analytics.probes.attempt import Attempt
from analytics.probes.faults import Stage
from analytics.probes.probe_report import probe_report
from analytics.probes.targets import Target
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.history_reports import HistoryReports
from analytics.reports.reports import Reports
from models.database.engine import Database
from settings import Settings
from tests.support.alerts.alert_world import World
from tests.support.clock import Clock
from tests.support.servers import odd_servers

RULES = tuple(rule for rule in DEFAULT_RULES if rule.filters == {"app": "probe"})
SERIES = ["client_connect_success", "client_latency_p95_ms", "client_certificate_days"]


def context_of(world: World, url: str, other: str, folder: Path) -> JobContext:
    port = urlsplit(url).port
    assert port
    settings = Settings(data_dir=folder, port=port, test_targets=(("chat", other),))
    return JobContext(world.database, settings, world.clock, world.context.lease)


def test_a_target_that_goes_down_fires_and_people_are_as_before(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(*RULES)
    with odd_servers.echoing() as url, odd_servers.answering(odd_servers.PAGE) as other:
        context = context_of(world, url, other, tmp_path)
        for _ in range(4):
            clock.advance(seconds=45)
            summary = probe.step(context)
            world.simulate(15)
    assert summary.startswith("1 of 2 up; chat is down: Answered 200")
    assert world.alerts("rule, labels, state") == [
        ("Probe does not get through", {"page": "chat"}, "firing")
    ]
    window = TimeRange(clock() - timedelta(hours=1), clock() + timedelta(minutes=1))
    reports = Reports(database)
    assert reports.summary(window).reports == 0
    probed = reports.summary(window, Filters(app="probe"))
    assert (probed.reports, probed.sessions, probed.connect_success.value) == (8, 2, 0.5)
    series = HistoryReports(database).history(window, SERIES, {"app": "probe", "page": "own"})
    values = {name: [v.value for _, v in each.points] for name, each in series.series.items()}
    assert set(values["client_connect_success"]) == {1.0}
    assert all(values["client_latency_p95_ms"])


def test_a_certificate_that_ends_soon_fires(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    world = World(database, clock, tmp_path).with_rules(*RULES)
    target = Target("own", "wss://m.example.com/ws/echo", is_own=True)
    stages = {Stage.UPGRADE: 3.0, Stage.REPLY: 2.0}
    for _ in range(6):
        clock.advance(seconds=45)
        outcome = Attempt(stages=stages, certificate_days=13.4)
        world.report(probe_report(target, outcome, clock(), clock()))
        world.simulate(15)
    world.simulate(45)
    assert world.alerts("rule, state, round(value::numeric, 1)::float8") == [
        ("Certificate ends within 14 days", "firing", 13.4)
    ]
