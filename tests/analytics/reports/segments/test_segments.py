"""Figures of segments, their differences, ranks and frames, of invented people."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.query.not_counted import BEFORE_MOMENTS, REGIONS, REGIONS_BY_SEVERAL
from analytics.reports.segments import advice, frames, geographic, trends, worst
from analytics.reports.segments.compared import Comparison, affected, compared, ranked
from analytics.reports.segments.figures import FIGURES, figures_of
from analytics.reports.segments.geographic_answers import Geographic
from analytics.reports.segments.worst import WhereWorst
from analytics.stats.intervals import wilson
from tests.support.store.segment_factory import people, segments

USUAL = people(400)


def countries() -> Comparison:
    """Brazil is slow and drops, three sessions of Chile are far worse."""
    now = segments(
        ({"country": "DE"}, USUAL),
        ({"country": "BR"}, people(200, latency_ms=200, dropped=60, failed=20)),
        ({"country": "CL"}, people(3, latency_ms=9000, dropped=3, failed=3)),
        ({"country": "unknown"}, people(40)),
    )
    return compared(now, segments(({"country": "BR"}, people(200)), ({"country": "JP"}, USUAL)))


def test_figures_are_of_sums_and_stability_of_sessions() -> None:
    figures = figures_of(people(200, dropped=50, failed=20), USUAL.moments)
    assert figures["connect_success"].value[0] == pytest.approx(0.9)
    assert figures["drops_per_session_hour"].value[0] == pytest.approx(0.25)
    assert figures["latency_mean_ms"].value[0] == pytest.approx(50)
    stability = figures["stability"]
    assert (stability.low[0], stability.high[0]) == pytest.approx(wilson(0.75, 200))
    too_few = {"latency_p99_ms"}
    for key, each in figures.items():
        assert each.n[0] > 0, key
        assert each.too_few[0] == (key in too_few), key
        if key not in too_few:
            assert each.low[0] <= each.value[0] <= each.high[0], key
    assert np.isnan(figures_of(people(0), USUAL.moments)["latency_p95_ms"].value[0])


def test_all_others_are_without_the_segment_itself() -> None:
    comparison = countries()
    own = comparison.from_others["stability"]
    assert own.value[1] == pytest.approx(140 / 200 - 440 / 443)
    assert own.low[1] < own.value[1] < own.high[1] < 0
    assert comparison.world["stability"].value[0] == pytest.approx(580 / 643)
    assert comparison.change["connect_success"].value[1] == pytest.approx(-0.1)
    assert np.isnan(comparison.change["connect_success"].value[0])  # nobody before


def test_sessions_that_were_not_counted_hide_no_others() -> None:
    nan = np.array([np.nan])
    uncounted = replace(people(9), sessions=nan, calm=nan)
    slow = people(200, dropped=60)
    parts = ({"region": "SP"}, slow), ({"region": "RJ"}, USUAL), ({"region": "BA"}, uncounted)
    comparison = compared(segments(*parts))
    assert comparison.world_of.sessions[0] == 600
    assert ranked(comparison, "stability") == [0]
    assert np.isnan(comparison.figures["stability"].value[2])
    nothing = compared(segments(parts[2]))
    assert np.isnan(nothing.world_of.sessions[0])


def test_three_sessions_are_never_ranked_however_bad() -> None:
    comparison = countries()
    assert comparison.small_sample.tolist() == [0, 0, 1, 0]
    for key in FIGURES:
        assert set(ranked(comparison, key)) <= {1}, key
    for key in ("latency_p95_ms", "connect_success", "stability", "drops_per_session_hour"):
        assert ranked(comparison, key) == [1], key
        assert affected(comparison, key)[2] == 0
    of_brazil = advice.advice_for(comparison, 1)
    assert of_brazil is not None
    assert 0.2 < of_brazil.worse_by["stability"] < 0.3
    assert len(of_brazil.steps) == 3
    assert advice.advice_for(comparison, 0) is advice.advice_for(comparison, 2) is None


def test_unknown_intervals_are_named_and_rank_nothing() -> None:
    unknown = segments(
        ({"country": "DE"}, replace(USUAL, moments=np.zeros_like(USUAL.moments))),
        not_counted={"intervals": BEFORE_MOMENTS},
    )
    comparison = compared(unknown)
    assert np.isnan(comparison.figures["error_rate"].low[0])
    assert ranked(comparison, "latency_p95_ms") == []
    result = geographic.geographic_of(comparison, {})
    assert result.not_counted["interval"] == str(BEFORE_MOMENTS)
    assert result.regions[0].too_few == []  # their number is not the reason
    assert result.regions[0].latency_ms.p95_interval is None
    assert result.regions[0].latency_ms.p95 is not None


def test_figures_of_too_few_sessions_have_no_interval_and_rank_nothing() -> None:
    comparison = compared(
        segments(
            ({"country": "DE"}, people(400)),
            ({"country": "BR"}, people(200, latency_ms=900)),
        )
    )
    assert ranked(comparison, "latency_p95_ms") == [1]
    assert ranked(comparison, "latency_p99_ms") == []
    result = geographic.geographic_of(comparison, {})
    brazil = next(each for each in result.regions if each.country == "BR")
    assert brazil.too_few == ["latency_p99_ms"]
    assert brazil.latency_ms.p99 is not None
    assert brazil.latency_ms.p99_interval is None
    distance = brazil.from_others["latency_p99_ms"]
    assert distance is not None
    assert distance.interval is None
    assert result.world.too_few == result.regions[0].too_few == []
    assert "interval" not in result.not_counted
    assert frames.frame_of(comparison)["latency_p99_ms_too_few"].tolist() == [False, True]


def test_nobody_has_figures_too() -> None:
    nobody = replace(segments(({}, USUAL)), labels=[], additive=USUAL.select([]))
    comparison = compared(nobody, nobody)
    result = geographic.geographic_of(comparison, {})
    assert (result.regions, result.unknown, result.world.reports) == ([], None, 0)
    assert result.world.latency_ms.p95 is None
    assert len(frames.frame_of(comparison)) == 0


def test_a_frame_has_the_figures_of_each_segment() -> None:
    frame = frames.frame_of(countries())
    assert [*frame["country"]] == ["DE", "BR", "CL", "unknown"]
    assert frame.loc[1, "latency_p95_ms_low"] <= frame.loc[1, "latency_p95_ms"]
    assert frame.loc[1, "stability_difference_high"] < 0 < frame.loc[1, "stability_affected"]
    assert frame.loc[1, "stability_before"] == 1
    ordered = frames.sorted_by(frame, "stability")
    assert [*ordered["country"]][0::3] == ["BR", "CL"]  # the small sample is last
    assert {*frames.OF_DOCUMENTATION.values()} <= {*frame.columns}
    assert frames.frame_of(compared(segments(({}, USUAL)))).shape[0] == 1


def test_the_response_has_the_unknown_apart_and_names_of_countries() -> None:
    result = geographic.geographic_of(countries(), {"app": "portal"})
    assert isinstance(result, Geographic)
    assert [each.name for each in result.regions] == ["Germany", "Brazil", "Chile"]
    assert result.unknown is not None
    assert result.unknown.sessions == 40
    assert result.worst["stability"] == ["BR"]
    assert len(result.advice) == 3
    brazil = result.regions[1]
    assert (brazil.client_count, brazil.connection_success_rate) == (200, 0.9)
    assert brazil.average_latency_ms == 200
    regions = segments(({"region": "SP"}, USUAL), ({"region": "unknown"}, people(9)))
    of_country = geographic.geographic_of(compared(regions), {"country": "BR"})
    assert [(each.region, each.name) for each in of_country.regions] == [("SP", "São Paulo")]
    assert of_country.unknown is not None
    assert (of_country.unknown.country, of_country.unknown.name) == ("BR", "Unknown region")
    alone = compared(segments(({}, USUAL), not_counted={REGIONS: REGIONS_BY_SEVERAL}))
    without = geographic.geographic_of(alone, {"country": "BR", "page": "/"})
    assert without.regions == []
    assert without.not_counted.keys() == {"regions"}


def test_the_pair_that_says_more_than_its_sides_is_named() -> None:
    """Release 2.4.1 is bad on Firefox alone, Firefox with 2.4.1 alone."""
    bad = people(300, dropped=90)
    pairs = segments(
        ({"browser": "Firefox", "release": "2.4.1"}, bad),
        ({"browser": "Firefox", "release": "2.4.0"}, people(300)),
        ({"browser": "Chrome", "release": "2.4.1"}, people(300)),
        ({"browser": "Chrome", "release": "2.4.0"}, people(300)),
    )
    both = people(600, dropped=90)
    browsers = segments(({"browser": "Firefox"}, both), ({"browser": "Chrome"}, people(600)))
    releases = segments(({"release": "2.4.1"}, both), ({"release": "2.4.0"}, people(600)))
    where = WhereWorst(
        {"browser": compared(browsers), "release": compared(releases)},
        {("browser", "release"): compared(pairs)},
    )
    pair = where.worst_pair("stability")
    assert pair is not None
    assert pair.labels == {"browser": "Firefox", "release": "2.4.1"}
    assert 0.2 < pair.by < 0.3
    assert where.worst_pair("error_rate") is None
    assert worst.PAIRS_TRIED
    assert trends.MOST_TRENDS == 9
