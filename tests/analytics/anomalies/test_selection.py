"""Which incident a page opens by itself, and which series it draws."""

from datetime import timedelta

from analytics.anomalies.selection import SeriesChoice, by_urgency, most_urgent, selected
from tests.support.clock import NOON
from tests.support.pages.anomaly_figures import HOUR, an_incident


def test_the_most_urgent_incident_goes_on_or_is_of_many_series_not_the_newest() -> None:
    newest = an_incident(1, start=NOON - HOUR, dimension={"effective_type": "unknown"})
    wide = an_incident(2, start=NOON - 48 * HOUR, part_count=9)
    ongoing = an_incident(3, start=NOON - 72 * HOUR, end=None)
    medium = an_incident(4, start=NOON, end=None, part_count=40, severity="medium")
    older = an_incident(5, start=NOON - timedelta(days=9))
    listed = [medium, older, newest, wide, ongoing]
    assert [each.id for each in sorted(listed, key=by_urgency)] == [3, 2, 1, 5, 4]
    assert most_urgent(listed) == ongoing
    assert most_urgent([]) is None
    assert selected([], SeriesChoice(source="client"), listed, None) is None
