"""Parts that begin together are one incident, led by that of the app as a whole."""

from datetime import timedelta
from itertools import permutations, product

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analytics.anomalies.incidents.grouping import NEAR, grouped, lead_of
from models.metrics.anomalies.incident import IncidentKind, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)


def part(
    start: int, end: int, metric: str = "drops", *, rho: float = 2.0, dimension: str = "",
    ongoing: bool = False, incident_id: int = 0,
) -> IncidentPart:  # fmt: skip
    """A part from `start` to `end` minutes after noon."""
    until = NOON + MINUTE * end
    return IncidentPart(
        kind=IncidentKind.DEVIATION, severity="medium", started_at=NOON + MINUTE * start,
        until=until, ended_at=None if ongoing else until, peak_at=NOON + MINUTE * start,
        scale="sudden", observed=9.0, expected=3.0, low=1.0, high=5.0, rho=rho,
        series_id=len(metric) * 100 + len(dimension), incident_id=incident_id, steps=1,
        key=SeriesKey("client", "portal", metric, dimension, "x" if dimension else ""),
    )  # fmt: skip


def test_what_overlaps_is_an_incident_from_the_first_start_to_the_last_end() -> None:
    parts = [
        part(0, 60, dimension="country", rho=9.0), part(20, 40), part(50, 80, "errors", rho=3.0),
        part(200, 210),
    ]  # fmt: skip
    first, second = grouped(reversed(parts), lambda _: False)
    assert (first.parts, second.parts) == (parts[:3], parts[3:])
    assert first.lead == parts[2]
    figures = first.figures
    assert (figures.started_at, figures.until) == (NOON, NOON + MINUTE * 80)
    assert (figures.ended_at, figures.rho, figures.severity) == (figures.until, 3.0, "medium")


def test_an_incident_goes_on_as_long_as_any_of_its_parts() -> None:
    (incident,) = grouped([part(0, 60, ongoing=True), part(20, 40, "errors")], lambda _: False)
    assert incident.figures.is_ongoing


def test_the_largest_part_leads_where_none_is_of_the_app() -> None:
    parts = [part(0, 9, dimension="country"), part(0, 9, "errors", dimension="release", rho=5.0)]
    assert lead_of(parts) == parts[1]


def test_incidents_that_meet_become_the_oldest() -> None:
    parts = [part(0, 30, incident_id=5), part(20, 60, "errors"), part(55, 90, incident_id=3)]
    (incident,) = grouped(parts, lambda _: False)
    assert (incident.incident_id, incident.joined) == (3, [5])


def test_likes_of_what_people_called_real_are_a_severity_higher_at_most_high() -> None:
    (incident,) = grouped([part(0, 9)], lambda each: each.key.metric == "drops")
    assert incident.figures.severity == "high"
    (high,) = grouped([replace(part(0, 9), severity="high")], lambda _: True)
    assert high.figures.severity == "high"


def test_what_begins_hours_later_is_a_neighbour_but_in_the_same_metric() -> None:
    parts = [part(0, 600, incident_id=4), part(240, 300, "errors", incident_id=4),
             part(250, 700, dimension="country"), part(660, 690, "errors")]  # fmt: skip
    first, second, third = grouped(parts, lambda _: False)
    assert (first.parts, first.incident_id) == ([parts[0], parts[2]], 4)
    assert (second.parts, second.incident_id) == ([parts[1]], 0)
    assert third.parts == [parts[3]]


METRICS = st.sampled_from(["drops", "errors", "stability"])


@given(
    st.lists(
        st.builds(lambda start, length, metric: part(start, start + length, metric),
                  st.integers(0, 900), st.integers(5, 400), METRICS),
        max_size=12, unique_by=lambda each: (each.series_id, each.started_at),
    )
)  # fmt: skip
def test_every_part_is_in_an_incident_and_those_of_a_metric_that_touch_in_the_same(
    parts: list[IncidentPart],
) -> None:
    incidents = grouped(parts, lambda _: False)
    assert sorted(id(each) for group in incidents for each in group.parts) == sorted(map(id, parts))
    for group, other in permutations(incidents, 2):
        for first, second in product(group.parts, other.parts):
            if first.key.metric == second.key.metric and first.started_at <= second.started_at:
                assert second.started_at > first.until + NEAR


def test_browsers_and_servers_of_an_app_have_incidents_of_their_own() -> None:
    of_server = replace(
        part(10, 50, "latency", rho=4.0), key=SeriesKey("server", "portal", "latency")
    )
    parts = [part(0, 30), of_server, part(25, 60, "errors")]
    first, second = grouped(parts, lambda _: False)
    assert (first.parts, second.parts) == ([parts[0], parts[2]], [of_server])
