"""The pages as values: views, numbers, axes and figures, without a browser."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.query.series import SERIES
from analytics.ranges.timerange import TimeRange
from analytics.stats import comparison
from analytics.stats.estimates import Share
from analytics.stats.summaries import share_of
from dashboard.charts import figures, time_axis
from dashboard.core import numbers, url_state
from dashboard.core.url_state import View
from dashboard.widgets import card, sparks
from models.metrics.metric import Worse

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
YEARS = (datetime(2020, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
values = st.dictionaries(
    st.sampled_from(["app", "country", "release", "page"]),
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40),
)


@given(st.sampled_from(list(url_state.PRESETS)), st.sampled_from(url_state.COMPARISONS), values)
def test_an_address_read_back_is_the_same_view(
    preset: str, compare: str, filters: dict[str, str]
) -> None:
    view = View(preset=preset, compare=compare, zone="Europe/Berlin", filters=filters)
    assert url_state.read(view.search()) == view


@pytest.mark.parametrize("series", [None, (), ("opened", "client_drops")])
def test_the_selected_series_are_part_of_the_address(series: tuple[str, ...] | None) -> None:
    view = View(series=series, has_shared_axes=True)
    assert url_state.read(view.search()) == view


def test_series_that_are_not_there_twice_or_too_many_are_left_out() -> None:
    names = ",".join(["opened", "shoe_size", "opened", *list(SERIES)[:9]])
    series = url_state.read(f"?series={names}").series
    assert series is not None
    assert series[0] == "opened"
    assert len(series) == len(set(series)) == url_state.MOST_SERIES


@given(st.text())
def test_any_address_opens(search: str) -> None:
    assert (
        url_state.read(search).window(NOON, UTC_ZONE).end
        > url_state.read(search).window(NOON, UTC_ZONE).start
    )


def test_a_fixed_range_wins_over_a_preset() -> None:
    view = url_state.read("?range=7d&start=2026-03-01T00:00:00Z&end=2026-03-02T00:00:00Z")
    assert view.window(NOON, UTC_ZONE) == TimeRange(
        NOON - timedelta(hours=36), NOON - timedelta(hours=12)
    )
    assert "range" not in view.search()


@pytest.mark.parametrize(("text", "hours"), [("3h", 3), ("90m", 1.5), ("2w", 336), ("today", 12)])
def test_a_range_of_any_length_can_be_in_the_address(text: str, hours: float) -> None:
    view = url_state.read(f"?range={text}")
    assert round(view.window(NOON, UTC_ZONE).length / timedelta(hours=1), 2) == hours
    assert url_state.read(view.search()) == view


@pytest.mark.parametrize(
    ("search", "reason"),
    [
        ("?start=2026-03-02T00:00:00Z&end=2026-03-01T00:00:00Z", "start must lie before end"),
        ("?start=2026-03-01&end=2026-03-02", "start needs a time zone"),
        ("?start=0001-01-01T00:00:00Z&end=0001-01-02T00:00:00Z", "out of range"),
        ("?start=x&end=y&tz=../../etc/passwd&app=%00", "start is not a time like"),
        ("?start=2026-03-02T00:00:00Z", "end is not a time like"),
        ("?range=soon", "range must be a whole number with m, h, d or w"),
        ("?range=9999999d", "at most 3660d"),
    ],
)
def test_a_range_that_cannot_be_read_is_refused_with_a_reason(search: str, reason: str) -> None:
    view = url_state.read(search)
    assert view.range_fault.startswith("The range in the address cannot be read: ")
    assert reason in view.range_fault
    assert view.search() == "?"


@pytest.mark.parametrize(
    ("ms", "text"),
    [(None, "–"), (84, "84 ms"), (11_400, "11.4 s"), (0.087, "0.087 ms"), (3_600_000, "60.0 min")],
)
def test_a_duration_has_the_unit_people_use(ms: float | None, text: str) -> None:
    assert numbers.duration_text(ms).replace(numbers.THIN, " ") == text


def test_a_count_has_thousands_and_a_real_minus() -> None:
    assert numbers.count(48210) == "48,210"
    assert numbers.count(96_400_000).replace(numbers.THIN, " ") == "96.4 M"
    assert numbers.change(-0.021).startswith(numbers.MINUS)


def test_the_day_under_the_first_tick_gives_way_to_midnight_beside_it() -> None:
    start = datetime(2026, 11, 23, 21, 1, tzinfo=UTC)
    window, utc = TimeRange(start, start + timedelta(days=1)), ZoneInfo("UTC")
    labels = [label for _, label in time_axis.ticks(window, NOON, utc)]
    assert labels[:3] == ["22:00", "00:00<br>Tue 24 Nov", "02:00"]


def test_an_almost_perfect_share_never_reads_as_perfect() -> None:
    assert numbers.percent(0.99996) == ">99.99"
    assert numbers.percent(0.9994) == "99.94"
    assert numbers.percent(0.00001) == "<0.01"
    assert numbers.percent(1) == "100.0"


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
    st.integers(1, 60 * 24 * 400),
    st.datetimes(*YEARS, timezones=st.just(UTC)),
)
def test_ticks_rise_within_the_range_in_any_zone(zone: str, minutes: int, start: datetime) -> None:
    window = TimeRange(start, start + timedelta(minutes=minutes))
    instants = [at for at, _ in time_axis.ticks(window, NOON, ZoneInfo(zone))]
    assert len(instants) <= 14
    assert all(a < b for a, b in pairwise(instants))
    assert all(time_axis.chart_time(start - timedelta(seconds=1)) <= at for at in instants)


@pytest.mark.parametrize(
    ("start", "hours", "labels"),
    [
        (datetime(2025, 3, 1, 6, tzinfo=UTC), 3, ["06:00<br>Sat 1 Mar 2025", "06:15"]),
        (datetime(2024, 12, 31, 20, tzinfo=UTC), 6, ["20:00<br>Tue 31 Dec 2024", "20:30"]),
        (datetime(2025, 12, 30, tzinfo=UTC), 96, ["00:00<br>Tue 30 Dec 2025", "12:00"]),
        (datetime(2025, 7, 1, tzinfo=UTC), 24 * 300, ["24 Jul<br>2025", "23 Aug"]),
        (datetime(2025, 11, 20, tzinfo=UTC), 24 * 365, ["21 Nov<br>2025", "19 Feb<br>2026"]),
    ],
)
def test_ticks_of_another_year_have_it(start: datetime, hours: int, labels: list[str]) -> None:
    window, utc = TimeRange(start, start + timedelta(hours=hours)), ZoneInfo("UTC")
    written = [label for _, label in time_axis.ticks(window, NOON, utc)]
    assert written[:2] == labels
    assert "2026" not in "".join(written) or "2025" in "".join(written)


def test_ticks_stand_at_local_midnight_across_a_clock_change() -> None:
    window = TimeRange(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    hours = {
        at[11:13]
        for at, label in time_axis.ticks(window, NOON, ZoneInfo("Europe/Berlin"))
        if label.startswith(("00:00", "Sat", "Mon"))
    }
    assert hours == {"23", "22"}


def test_a_gap_in_the_series_stays_open() -> None:
    times, columns = figures.with_gaps(["a", "b", "d"], [1, 2, 4], [[1.0, 2.0, 4.0]])
    assert columns == [[1.0, 2.0, None, 4.0]]
    assert times == ["a", "b", "d", "d"]


def test_axis_ticks_hold_zero_and_stay_few() -> None:
    for high in (0.3, 1, 7, 60, 999, 1e6):
        ticks = figures.nice_ticks(-high / 10, high)
        assert 0 in ticks
        assert 2 <= len(ticks) <= 8


def test_a_spark_of_no_or_of_a_single_value_is_still_a_picture() -> None:
    assert "svg" in sparks.line_uri([], sparks.scale([]))
    assert "h.1" in sparks.line_uri([5.0], sparks.scale([5.0]))


def test_a_change_within_chance_is_not_noticed() -> None:
    few, many = share_of(9, 10, 10), share_of(900, 1000, 1000)
    lower = share_of(850, 1000, 1000)
    by_chance, fallen = comparison.of_shares(few, many), comparison.of_shares(lower, many)
    assert by_chance is not None
    assert not by_chance.is_notable
    assert fallen is not None
    assert fallen.is_notable
    assert comparison.of_shares(Share(value=None, n=0, low=None, high=None), many) is None


A_HALF_MORE = card.Trend("50 %".replace(" ", numbers.THIN), "up", "warn", "worse")
A_HALF_LESS = card.Trend("50 %".replace(" ", numbers.THIN), "down", "plain", "better")


@pytest.mark.parametrize(
    ("change", "trend"),
    [
        (None, card.NO_TREND),
        (comparison.FigureChange(0.5, is_notable=False, growth=0.4), card.NO_TREND),
        (comparison.FigureChange(0.5, is_notable=True, growth=0.4), A_HALF_MORE),
        (comparison.FigureChange(-0.5, is_notable=True, growth=-0.7), A_HALF_LESS),
    ],
)
def test_a_card_has_a_trend_only_where_a_change_was_noticed(
    change: comparison.FigureChange | None, trend: card.Trend
) -> None:
    assert card.trend_of(change, Worse.UP, numbers.unsigned_change) == trend
