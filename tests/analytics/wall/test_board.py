"""What a link shows: the tabs it names, figures with unit and n, and why there are none."""

from datetime import timedelta
from uuid import uuid4

from analytics.alerting.services.reports import AlertReports
from analytics.reports.reports import Reports
from analytics.wall import board, browsers, figures, servers
from analytics.wall.board import WallBoard
from analytics.wall.figures import WallCard, WallTab
from models.database.engine import Database
from models.people.wall_links import WallLink
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from tests.support.clock import NOON, Clock
from tests.support.store.report_factory import report
from tests.support.store.sample_factory import sample

TABS = [browsers.NAME, servers.NAME, board.ALERTS]


def tabs_of(database: Database, clock: Clock, *names: str) -> list[WallTab]:
    link = WallLink(uuid4(), "hall", [*names], 20, NOON, "ada", NOON + timedelta(days=1))
    reader = WallBoard(Reports(database), AlertReports(database, clock), clock)
    return reader.figures(link).tabs


def card(tab: WallTab, label: str) -> WallCard:
    return next(each for each in tab.cards if each.label == label)


def test_figures_of_an_hour_have_unit_and_n(database: Database, clock: Clock) -> None:
    at = NOON - timedelta(minutes=5)
    ClientReports(database).insert(
        [report((40.0, 300.0), period_end=at, attempts=4, opened=3, failed=1) for _ in range(3)]
    )
    (tab,) = tabs_of(database, clock, browsers.NAME)
    assert tab.sentence == "Last hour, 3 reports"
    success = card(tab, "Connect success")
    assert (success.value, success.unit, success.status) == ("75.0", "%", "bad")
    assert success.note.startswith("12 attempts in 3 sessions")
    trip = card(tab, "Round trip, p95")
    assert (trip.unit, trip.status) == ("ms", "bad")
    assert trip.note.endswith("n = 6")
    assert [value for value in trip.course if value] != []


def test_servers_tell_of_now_and_of_the_hour(database: Database, clock: Clock) -> None:
    at = NOON - timedelta(seconds=5)
    ServerSamples(database).insert([sample(period_end=at, sent=600, received=600, active=7)])
    (tab,) = tabs_of(database, clock, servers.NAME)
    assert card(tab, "Messages a minute").value == "20"
    assert len(tab.cards) == 6


def test_missing_figures_have_a_reason(database: Database, clock: Clock) -> None:
    tabs = tabs_of(database, clock, *TABS, "people")
    assert [tab.name for tab in tabs] == TABS
    assert [tab.cards + tab.alerts for tab in tabs] == [[], [], []]
    assert ["last hour" in tab.sentence for tab in tabs] == [True, True, False]
    assert figures.duration_card("x", None).value == "–"
    assert figures.share_card("x", None, "attempts", 0.9).note == "no attempts"
