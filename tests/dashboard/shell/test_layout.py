"""The frame of all pages, and the bell in it."""

from datetime import timedelta
from types import SimpleNamespace

from analytics.alerting.services.reports import AlertReports
from analytics.country_file.source import CountrySource
from dashboard.shell import bell, country_source, help_menu, layout
from models.database.engine import Database
from tests.support.alerts.alert_pages import firing
from tests.support.clock import NOON, Clock
from tests.support.pages.components import components_of, links_of, text_of
from tests.support.pages.dash_calls import call, empty_application
from tests.support.pages.page_services import page_services


def test_the_frame_has_what_the_callbacks_fill_and_no_data() -> None:
    frame = layout.layout(None, NOON)
    ids = {part.id for part in components_of(frame) if isinstance(getattr(part, "id", None), str)}
    assert {"url", "tick", "timer", "page", "tabs", "sections", "person", "firing"} <= ids
    assert text_of(components_of(frame, "skip")) == "Skip to the page"
    (badge,) = components_of(frame, "firing-badge")
    assert badge.hidden is True


def test_the_help_leads_to_everything_that_explains() -> None:
    assert list(links_of(help_menu.layout()).values()) == [
        "/admin/setup", "/admin/guide", "/admin/glossary", "/api/docs",
    ]  # fmt: skip


def test_the_foot_names_whose_the_countries_are_with_the_link_their_licence_asks_for() -> None:
    source = CountrySource(
        origin="IP Geolocation by DB-IP", link="https://db-ip.com", built_at=NOON
    )
    young = country_source.layout(source, NOON)
    assert text_of(young) == "Countries: IP Geolocation by DB-IP, 2 Mar 2026"
    (link,) = components_of(young, "link")
    assert link.href == "https://db-ip.com"
    old = text_of(country_source.layout(source, NOON + timedelta(days=400)))
    assert old.endswith("Oldthe country file is 13 months old: ./scripts/geo update FILE.mmdb")


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
