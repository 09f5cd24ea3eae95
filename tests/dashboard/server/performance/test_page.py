"""The board of Performance over a real database."""

from datetime import timedelta

from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from dashboard.core.url_state import View
from dashboard.server.performance.page import PAGE
from models.database.engine import Database
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON
from tests.support.pages.components import text_of
from tests.support.pages.page_services import page_services
from tests.support.store.sample_factory import sample


def test_samples_of_the_range_reach_every_panel(database: Database) -> None:
    ServerSamples(database).insert([
        sample(latency=[20.0, 300.0] * 30, broadcast=[1.0] * 20, processing=[0.3]),
        sample(app=None, loop_lag=[2.0] * 300, cpu_ms=100, memory_bytes=9_000_000, descriptors=12),
        sample(latency=[5.0], period_end=NOON - timedelta(minutes=20)),
    ])  # fmt: skip
    services = page_services(reports=Reports(database), performance=PerformanceReports(database))
    page_data = PAGE.read(services, View(preset="15m"), "Europe/Berlin")
    contents = [draw(page_data) for _, draw in PAGE.panels]
    assert [content.is_empty for content in contents] == [False] * 8
    assert "(n = 60 round trips)" in text_of(contents[0].foot[0])
    assert page_data.before is not None
    assert page_data.before.latency.n == 1
    assert PAGE.empty_state(page_data) is None
