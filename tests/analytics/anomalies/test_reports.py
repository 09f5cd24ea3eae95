"""What API and pages read of anomalies: incidents, the selected series, usual ranges, feedback."""

from datetime import timedelta

import pytest

from analytics.anomalies.feedback import FeedbackActions, NoSuchIncident
from analytics.anomalies.reports import AHEAD, AnomalyReports, IncidentQuery
from analytics.anomalies.selection import SeriesChoice
from analytics.anomalies.usual import SHARED
from analytics.permission.actor import SHELL, Actor, NotAllowed
from analytics.ranges.timerange import TimeRange
from models.database.engine import Database
from models.metrics.anomalies.incident import FeedbackVerdict
from models.metrics.anomalies.series_key import SeriesKey
from models.people.audit import Audit
from tests.support.anomalies.judged_series import (
    DROPS,
    JudgedSeries,
    Plant,
    explain,
    store_series,
)
from tests.support.clock import NOON, Clock

HOUR = timedelta(hours=1)
DAY = TimeRange(NOON - 24 * HOUR, NOON)
OF_BRAZIL = SeriesKey("client", "portal", "drops", "country", "BR")
DROPS_OF_CLIENTS = ("client", "drops")
SURGE = Plant(before=5 * HOUR, length=HOUR, factor=3.0)


def test_a_page_reads_incidents_and_the_series_of_the_most_severe(database: Database) -> None:
    reports = AnomalyReports(database)
    empty = reports.page(DAY, IncidentQuery(), SeriesChoice(source="client"), 1)
    assert (empty.listing.series, empty.selected, empty.incident) == (0, None, None)
    with database.transaction() as connection:
        _, (incident,) = store_series(connection, JudgedSeries(plants=[SURGE]), NOON)
        store_series(connection, JudgedSeries(key=OF_BRAZIL), NOON)
        key = SeriesKey("client", "kiosk", "latency_ms")
        store_series(connection, JudgedSeries(key=key, method="learning", state="learning"), NOON)
        store_series(connection, JudgedSeries(key=SeriesKey("server", "portal", "active")), NOON)
    explain(database, incident)
    page = reports.page(DAY, IncidentQuery(), SeriesChoice(source="client"), incident)
    assert page.selected is not None
    assert page.selected.key == DROPS
    assert page.steps[-1].starts_at == NOON + AHEAD - timedelta(minutes=5)
    assert [each.incident_id for each in page.spans] == [incident]
    listing = page.listing
    assert (listing.series, listing.states.learning, listing.judged_until) == (3, 1, NOON)
    assert page.incident == listing.incidents[0]
    assert [each.slice for each in page.incident.explanation] == [
        {"release": "4.18.1"}, {"browser": "Safari"},
    ]  # fmt: skip
    assert page.incident.deviation_percent == pytest.approx(200.0)
    assert page.incident.parts[0].steps == 12
    of_brazil = SeriesChoice(source="client", labels={"country": "BR"})
    selected = reports.page(DAY, IncidentQuery(), of_brazil, None).selected
    assert selected is not None
    assert selected.key == OF_BRAZIL
    for labels, number in ({"release": "4.18.1"}, 1), ({"country": "BR"}, 0):
        assert len(reports.listed(DAY, IncidentQuery(labels=labels)).incidents) == number
    of_server = reports.page(DAY, IncidentQuery(source="server"), SeriesChoice(source="server"),
                             incident)  # fmt: skip
    assert (of_server.incident, of_server.listing.incidents) == (None, [])


def test_usual_ranges_are_those_of_the_steps_of_a_chart(database: Database) -> None:
    kiosk = SeriesKey("client", "kiosk", "drops")
    with database.transaction() as connection:
        _, (incident,) = store_series(connection, JudgedSeries(swing=0, plants=[SURGE]), NOON)
        store_series(connection, JudgedSeries(key=kiosk, level=10, swing=0), NOON)
        store_series(connection, JudgedSeries(key=OF_BRAZIL, level=5, swing=0), NOON)
    reports = AnomalyReports(database)
    edges = [NOON - 24 * HOUR + HOUR * number for number in range(25)]
    both = reports.usual([DROPS_OF_CLIENTS, ("client", "latency_ms")], edges, {})
    assert list(both) == [DROPS_OF_CLIENTS]
    assert len(both[DROPS_OF_CLIENTS].steps) == 24
    assert both[DROPS_OF_CLIENTS].steps[edges[0]].expected == pytest.approx(12 * 50)
    over_range = both[DROPS_OF_CLIENTS].over_range
    assert over_range is not None
    reach = (288 * (12**2 + 3**2) + (SHARED * 288 * 15) ** 2) ** 0.5  # of 40 and of 10 drops
    assert over_range.high == pytest.approx(288 * 50 + reach, rel=1e-6)
    assert [(span.incident_id, span.severity) for span in both[DROPS_OF_CLIENTS].spans] == [
        (incident, "high")
    ]
    of_kiosk = reports.usual([DROPS_OF_CLIENTS], edges, {"app": "kiosk"})[DROPS_OF_CLIENTS]
    reach = 10 * 0.3 * 12 * (1 / 12 + SHARED**2) ** 0.5
    assert of_kiosk.steps[edges[3]].low == pytest.approx(120 - reach)
    assert of_kiosk.spans == []
    brazil = reports.usual([DROPS_OF_CLIENTS], edges, {"country": "BR", "app": "portal"})
    assert brazil[DROPS_OF_CLIENTS].steps[edges[3]].high == pytest.approx(6.5)
    assert reports.usual([DROPS_OF_CLIENTS], edges, {"country": "BR", "browser": "Safari"}) == {}
    minutes = [NOON + timedelta(minutes=number) for number in range(-9, 1)]
    assert reports.usual([DROPS_OF_CLIENTS], minutes, {}) == {}


def test_usual_ranges_of_values_are_read_at_once(database: Database) -> None:
    edges = [NOON - hour * HOUR for hour in (3, 2, 1, 0)]
    with database.transaction() as connection:
        store_series(connection, JudgedSeries(key=OF_BRAZIL), NOON)
    values = ("country", ("BR", "DE"))
    reports = AnomalyReports(database)
    ranges = reports.usual_of_values([DROPS_OF_CLIENTS], edges, {}, values)
    assert {value: len(own) for value, own in ranges.items()} == {"BR": 1, "DE": 0}
    of_brazil = reports.usual([DROPS_OF_CLIENTS], edges, {"country": "BR"})
    assert ranges["BR"] == of_brazil
    assert reports.usual_of_values([DROPS_OF_CLIENTS], edges, {"browser": "Safari"}, values) == {}


def test_feedback_is_stored_once_with_who_and_an_audit_entry(
    database: Database, clock: Clock
) -> None:
    with database.transaction() as connection:
        _, (incident,) = store_series(connection, JudgedSeries(plants=[SURGE]), NOON)
    actions, expected = FeedbackActions(database, clock), FeedbackVerdict.EXPECTED
    for _ in range(2):
        stored = actions.give(SHELL, incident, expected, "a load test")
        clock.advance(hours=1)
    assert stored.feedback is not None
    assert (stored.feedback.by, stored.feedback.at) == (SHELL.name, NOON)
    (entry,) = Audit(database).latest()
    assert (entry.action, entry.subject) == ("judged incident", str(incident))
    changed = actions.give(SHELL, incident, FeedbackVerdict.REAL, "")
    assert changed.feedback is not None
    assert changed.feedback.verdict is FeedbackVerdict.REAL
    severities = AnomalyReports(database).listed(DAY, IncidentQuery()).severities
    assert (severities["high"].real, severities["high"].judged) == (1, 1)
    with pytest.raises(NoSuchIncident):
        actions.give(SHELL, incident + 1, expected, "")
    with pytest.raises(NotAllowed):
        actions.give(Actor("ana", "analyst"), incident, expected, "")
