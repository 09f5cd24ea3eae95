"""Segments equal the same computed from the reports: for any range and filter, rolled up or not."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.query import moments as query_moments
from analytics.query.engine import Engine
from analytics.query.not_counted import (
    BEFORE_MOMENTS,
    INTERVALS_BY_SEVERAL,
    SESSIONS_BY_DAY,
    WITHOUT_FULL_DAY,
)
from analytics.query.read_plan import DAY, floor_to
from analytics.ranges.timerange import Filters, TimeRange
from analytics.reports.reports import Reports
from analytics.reports.segments import reading, trends
from analytics.reports.segments.reading import Segments
from analytics.reports.segments.worst import PAIRS_TRIED
from analytics.stats.session_moments import SESSIONS, SIZE
from models.database.engine import Database
from models.metrics.dimensions import SPLIT_BY
from models.queries import moments as stored_moments
from models.queries.snapshot import snapshot
from models.raw.client_reports import ClientReport
from tests.analytics.query.test_engine_truth import DAYS, START, Filled, filled
from tests.support.store import moment_truth
from tests.support.store.postgres import truncate_tables
from tests.support.store.query_truth import AMOUNTS, buckets, value_of, weight

GROUPS = [("country",), ("browser",), ("release",), ("page",), ("effective_type",)]
PAIRS = [("country", "browser"), ("country", "release"), ("browser", "release")]


@pytest.fixture(scope="module")
def stored(database_url: str) -> Iterator[Callable[[], Filled]]:
    """A function, since hypothesis writes out its arguments."""
    truncate_tables(database_url)
    database = Database(database_url)
    of_days = filled(database, START, DAYS)
    yield lambda: of_days
    database.dispose()


@st.composite
def questions(draw: st.DrawFn) -> tuple[TimeRange, dict[str, tuple[str, ...]], tuple[str, ...]]:
    hours = st.integers(0, 24 * DAYS)
    first, last = sorted(draw(st.tuples(hours, hours).filter(lambda ends: ends[0] != ends[1])))
    window = TimeRange(START + timedelta(hours=first), START + timedelta(hours=last))
    filters: dict[str, tuple[str, ...]] = draw(st.sampled_from([{}, {}, {"app": ("portal",)}]))
    group_by = draw(st.sampled_from([*GROUPS, *PAIRS]))
    if group_by == ("country",) and draw(st.booleans()):
        return window, {**filters, "country": ("BR",)}, ("region",)
    return window, filters, group_by


def passing(
    of: Filled, segments: Segments, filters: dict[str, tuple[str, ...]]
) -> list[ClientReport]:
    return [
        each for each in of.reports
        if segments.start <= each.period_end < segments.end
        and all(value_of(each, name) in values for name, values in filters.items())
    ]  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(questions())
def test_segments_are_those_of_the_reports(
    stored: Callable[[], Filled],
    question: tuple[TimeRange, dict[str, tuple[str, ...]], tuple[str, ...]],
) -> None:
    window, filters, group_by = question
    with snapshot(stored().database) as connection:
        segments = reading.read(Engine(connection, window), window, filters, group_by)
    by_key: dict[tuple[str, ...], list[ClientReport]] = {}
    for each in passing(stored(), segments, filters):
        by_key.setdefault(tuple(value_of(each, name) for name in group_by), []).append(each)
    assert sum(segments.additive.reports) == sum(map(len, by_key.values()))
    if any("other" in labels.values() for labels in segments.labels):
        return  # which values are rare on which day is the engine's to say
    assert by_key.keys() <= {tuple(labels.values()) for labels in segments.labels}
    for row, labels in enumerate(segments.labels):
        reports = by_key.get(tuple(labels.values()), [])  # none: of sessions that are elsewhere now
        own = segments.additive.select([row])
        assert own.reports[0] == len(reports)
        for name, sums in own.sums.items():
            assert sums[0] == sum(AMOUNTS[name](each) * weight(each) for each in reports), name
        trips = sum(
            count * round(1 / each.sample_rate)
            for each in reports
            for count in buckets(each, "latency").values()
        )
        assert own.latency.counts.sum() == trips
        expected = moment_truth.moments_of((each.session_id, each) for each in reports)
        np.testing.assert_allclose(own.moments[0], expected, rtol=1e-9, atol=1e-9)


def test_moments_of_cells_are_those_of_the_days(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_moments, "MOST_ROWS", 0)
    window = TimeRange(START + DAY, START + DAY * 7)
    questions_of: list[tuple[dict[str, tuple[str, ...]], tuple[str, ...]]] = [
        ({"country": ("BR",)}, ("browser",)), ({}, ("country",)), ({}, ()),
    ]  # fmt: skip
    for filters, group_by in questions_of:
        with snapshot(stored().database) as connection:
            segments = reading.read(Engine(connection), window, filters, group_by)
        for row, labels in enumerate(segments.labels):
            reports = [
                each for each in passing(stored(), segments, filters)
                if all(value_of(each, name) == value for name, value in labels.items())
            ]  # fmt: skip
            expected = moment_truth.moments_of(
                ((each.session_id, floor_to(each.period_end, DAY)), each) for each in reports
            )
            own = segments.additive.moments[row]
            if "other" not in labels.values():
                np.testing.assert_allclose(own, expected, rtol=1e-5, err_msg=str(labels))
    assert segments.sessions_are == reading.STARTED


def test_ranges_without_complete_days_learn_from_the_week_before(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_moments, "MOST_ROWS", 0)
    last = stored().end - timedelta(hours=14)
    window = TimeRange(last - timedelta(hours=2), last)
    with snapshot(stored().database) as connection:
        engine = Engine(connection)
        today = reading.read(engine, window, {}, ("country",))
        regions = reading.read(engine, window, {"country": ("BR",)}, ("region",))
        crowd = reading.read(engine, window, {"page": ("/a",)}, ("country",), 1_000_000)
    assert today.additive.moments[:, SESSIONS].all()
    assert "intervals" not in today.not_counted
    assert np.isnan(regions.additive.sessions).all()  # none of those days is in the range
    assert crowd.not_counted["intervals"] is INTERVALS_BY_SEVERAL


def test_sessions_by_region_are_counted_by_days_within_the_range_alone(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_moments, "MOST_ROWS", 0)
    day, hour = START + DAY * 2, timedelta(hours=1)
    of_brazil: dict[str, tuple[str, ...]] = {"country": ("BR",)}
    cut = [(day + hour * 10, day + hour * 11), (day + hour * 5, day + hour * 29), (day, day + hour)]
    with snapshot(stored().database) as connection:
        engine = Engine(connection)
        for start, end in cut:
            window = TimeRange(start, end)
            segments = reading.read(engine, window, of_brazil, ("region",))
            assert np.isnan(segments.additive.sessions).all(), (start, end)
            assert segments.not_counted["sessions"] is SESSIONS_BY_DAY
            assert segments.additive.moments.any()
        full = reading.read(engine, TimeRange(day, day + DAY), of_brazil, ("region",))
    reports = passing(stored(), full, of_brazil)
    for labels, sessions in zip(full.labels, full.additive.sessions, strict=True):
        own = {each.session_id for each in reports if value_of(each, "region") == labels["region"]}
        assert sessions == len(own), labels
    assert full.sessions_are == reading.BY_DAY
    assert "sessions" not in full.not_counted


def test_people_without_a_full_day_are_not_counted_as_none(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_moments, "MOST_ROWS", 0)
    window, of_days = TimeRange(START + DAY, START + DAY * 6), stored_moments.of_days
    of_brazil: dict[str, tuple[str, ...]] = {"country": ("BR",)}
    with snapshot(stored().database) as connection:
        monkeypatch.setattr(stored_moments, "of_days", lambda *parts: of_days(*parts)[1:])
        engine = Engine(connection)
        most = reading.read(engine, window, of_brazil, ("region",))
        monkeypatch.setattr(stored_moments, "of_days", lambda *_: [])
        nobody = reading.read(engine, window, of_brazil, ("region",))
    assert most.additive.reports.all()
    assert np.isnan(most.additive.sessions).sum() == 1
    assert nobody.not_counted["intervals"] is nobody.not_counted["sessions"] is WITHOUT_FULL_DAY


def test_without_cells_moments_are_those_of_a_part_of_the_sessions(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_moments, "days_with_moments", lambda *_: [])
    window = TimeRange(START + DAY, START + DAY * 6)
    with snapshot(stored().database) as connection:
        reports = reading.reports_in(Engine(connection), window)
        monkeypatch.setattr(query_moments, "MOST_ROWS", reports // 2)
        segments = reading.read(Engine(connection), window, {}, ("country",))
    below = stored_moments.first_id_beyond(reports // 2 / reports)
    for labels, own in zip(segments.labels, segments.additive.moments, strict=True):
        sampled = [
            ((each.session_id, ""), each) for each in passing(stored(), segments, {})
            if value_of(each, "country") == labels["country"] and each.session_id < below
        ]  # fmt: skip
        if labels["country"] != "other":
            np.testing.assert_allclose(own, moment_truth.moments_of(sampled), rtol=1e-5)
    assert segments.additive.moments.any()
    assert segments.sessions_are == reading.STARTED
    assert "intervals" not in segments.not_counted


def test_days_from_before_moments_have_no_intervals(
    stored: Callable[[], Filled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_moments, "MOST_ROWS", 0)
    monkeypatch.setattr(stored_moments, "days_with_moments", lambda *_: [START + DAY])
    window = TimeRange(START, START + DAY * 8)
    with snapshot(stored().database) as connection:
        segments = reading.read(Engine(connection), window, {}, ("country",))
        first_days = reading.read(
            Engine(connection), TimeRange(START, START + DAY * 2), {}, ("country",)
        )
    assert segments.not_counted["intervals"] is BEFORE_MOMENTS
    assert segments.additive.moments.shape == (len(segments.labels), SIZE)
    assert not segments.additive.moments.any()
    assert first_days.additive.moments.any()


def test_every_dimension_and_the_series_of_values_are_read(
    stored: Callable[[], Filled],
) -> None:
    reports = Reports(stored().database)
    window = TimeRange(START, START + DAY * 8)
    where = reports.where_worst(window)
    assert {*where.by_dimension} == {*SPLIT_BY}
    assert {*where.by_pair} == {*PAIRS_TRIED}
    for comparison in (*where.by_dimension.values(), *where.by_pair.values()):
        assert comparison.segments.additive.reports.sum() == comparison.world_of.reports[0] > 0
    assert {*reports.where_worst(window, Filters(country="BR")).by_pair} == set()
    drawn = reports.trends(window, Filters(), "country", ["BR", "DE"])
    assert {*drawn.by_value} == {"BR", "DE", trends.WORLD}
    steps = len(drawn.starts)
    assert steps <= trends.MOST_POINTS
    for figures in drawn.by_value.values():
        assert {*figures} == {*trends.DRAWN}
        assert all(each.values.shape == each.n.shape == (steps,) for each in figures.values())
    world = drawn.by_value[trends.WORLD]["latency_p95_ms"].n.sum()
    assert world > drawn.by_value["BR"]["latency_p95_ms"].n.sum() > 0
    regions = reports.trends(window, Filters(country="BR"), "region", ["SP"])
    assert np.isnan(regions.by_value["SP"]["stability"].values).all()
    both = reports.segments(window, window.previous(), Filters(), ("country",))
    assert np.isnan(both.before["stability"].value).all()
