"""The summary line names the planted incidents of the demo data: where, and at which hours."""

from datetime import UTC, datetime, timedelta

from analytics.insight import reader
from analytics.reports.reports import Reports
from dashboard.client.overview import sentence
from dashboard.client.overview.page import PAGE
from dashboard.core.url_state import View
from models.database.engine import Database
from scripts.demo_data.reports import DrawnReports
from tests.support.pages.components import components_of, text_of
from tests.support.pages.page_services import page_services
from tests.support.store.any_country import any_country
from tests.support.store.rollup_truth import roll_up, store

END = datetime(2026, 2, 28, 12, tzinfo=UTC)
DAY = timedelta(days=1)
THURSDAY = datetime(2026, 2, 19, tzinfo=UTC)  # nine days before the end


def test_on_brazils_worst_day_the_line_names_brazil_and_the_hours(database: Database) -> None:
    reports = DrawnReports(END, 60_000, 6, any_country)
    store(database, *reports.between(THURSDAY - DAY, THURSDAY + DAY))
    roll_up(database)
    services = page_services(reports=Reports(database))
    page_data = PAGE.read(services, View(start=THURSDAY, end=THURSDAY + DAY), None)
    (line,) = sentence.layout(page_data)
    text = text_of(line).replace("\u202f", " ")
    assert text.startswith("Much worseRound trip p95 +")
    assert " in Brazil, 19 Feb 14:00 to 18:30 (UTC): " in text
    assert "; others as usual. Only Brazil" in text
    assert len(components_of(line, "tag-bad")) == 1
    assert "country" in reader.DIMENSIONS
