"""The frame of all pages, and the bell in it."""

from types import SimpleNamespace

from analytics.alerting.services.reports import AlertReports
from dashboard.shell import bell, layout
from models.database.engine import Database
from tests.support.alerts.alert_pages import firing
from tests.support.clock import Clock
from tests.support.pages.components import components_of, text_of
from tests.support.pages.dash_calls import call, empty_application
from tests.support.pages.page_services import page_services


def test_the_frame_has_what_the_callbacks_fill_and_no_data() -> None:
    frame = layout.layout()
    ids = {part.id for part in components_of(frame) if isinstance(getattr(part, "id", None), str)}
    assert {"url", "tick", "timer", "page", "tabs", "sections", "person", "firing"} <= ids
    assert text_of(components_of(frame, "skip")) == "Skip to the page"
    (badge,) = components_of(frame, "firing-badge")
    assert badge.hidden is True


def test_the_bell_counts_firing_alerts_and_keeps_its_number_without_a_database(
    database: Database, clock: Clock
) -> None:
    firing(database, "Slow")
    firing(database, "Slower")
    counts = []
    for store in (database, Database("postgresql+psycopg2://x@/x?host=/nowhere")):
        app = empty_application()
        services = page_services(alerts=SimpleNamespace(reports=AlertReports(store, clock)))
        bell.register(app, services)
        counts.append(call(app, "firing.data", {}))
    data = {"unacknowledged": 2, "acknowledged": 0}
    assert counts == [{"firing": {"data": data}}, {}]
