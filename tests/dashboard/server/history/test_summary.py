"""The table over the range, and the units in which series are stated."""

import pytest

from analytics.query.series import SERIES
from analytics.query.series_values import SeriesValue
from dashboard.server.history import summary
from dashboard.server.history.units import meaning_of, noun_of, unit_of
from tests.support.pages.components import table_rows, text_of
from tests.support.pages.history_figures import a_history, computed, history_data


def row_of(name: str, now: SeriesValue, before: SeriesValue | None = None) -> list[str]:
    current = a_history(computed(name, [1.0], now))
    earlier = (
        None
        if before is None
        else a_history(computed(name, [1.0], before, hours_ago=2), hours_ago=2)
    )
    (row,) = table_rows(summary.draw(history_data(current, earlier)).body)
    return row


def test_a_share_has_its_interval_and_changes_in_points() -> None:
    now, before = SeriesValue(0.05, 1000, 0.04, 0.06), SeriesValue(0.0625, 80)
    assert row_of("message_error_rate", now, before) == [
        "Message error rate", "server", "share", "5.0 %", "4.0 to 6.0 %", "6.2 %", "−1.25 pt",
        "1,000 messages",
    ]  # fmt: skip


def test_a_count_changes_in_percent_and_a_single_report_is_singular() -> None:
    assert row_of("client_drops", SeriesValue(3.0, 1), SeriesValue(2.0, 9)) == [
        "Drops", "client", "total", "3", "–", "2", "+50 %", "1 report",
    ]  # fmt: skip


@pytest.mark.parametrize("before", [None, SeriesValue(0.0, 4), SeriesValue(None, 0)])
def test_against_nothing_or_zero_there_is_no_change(before: SeriesValue | None) -> None:
    assert row_of("opened", SeriesValue(3.0, 1), before)[6] == "–"


def test_a_series_without_a_value_has_dashes() -> None:
    row = row_of("latency_p95_ms", SeriesValue(None, 0))
    assert row[3:] == ["–", "–", "–", "–", "0 durations"]


def test_the_csv_has_raw_values_and_both_n() -> None:
    now, before = SeriesValue(0.05, 1000, 0.04, 0.06), SeriesValue(0.1, 80)
    current = a_history(computed("message_error_rate", [0.05], now))
    earlier = a_history(computed("message_error_rate", [0.1], before, hours_ago=2), hours_ago=2)
    content = summary.draw(history_data(current, earlier, compare="week"))
    assert content.table.rows == [
        ["message_error_rate", "server", "share", 0.05, 0.04, 0.06, 0.1, 1000, 80]
    ]
    assert content.unit == "compared with a week earlier"
    assert summary.draw(history_data(current)).unit == "without comparison"
    assert summary.draw(history_data(a_history())).is_empty


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("opened", "1,204"),
        ("active_connections", "1,204"),
        ("opened_per_minute", "1,204/min"),
        ("sent_per_second", "1,204/s"),
        ("bytes_sent_per_second", "1.20 kB/s"),
        ("memory_bytes", "1.20 kB"),
        ("latency_p95_ms", "1,204 ms"),
        ("client_downlink_mbps", "1,204 Mbit/s"),
    ],
)
def test_a_value_is_stated_in_the_unit_of_its_series(name: str, text: str) -> None:
    assert text_of(unit_of(SERIES[name]).format_value(1204.0)) == text


@pytest.mark.parametrize(
    ("name", "noun", "meaning"),
    [
        ("client_connect_success", "attempt", "share"),
        ("client_stability", "session", "share"),
        ("latency_p50_ms", "duration", "p50"),
        ("client_cls", "value", "mean"),
        ("client_drops", "report", "total"),
        ("opened_per_minute", "sample", "per minute"),
        ("active_connections", "sample", "mean"),
    ],
)
def test_what_n_counts_follows_from_the_series(name: str, noun: str, meaning: str) -> None:
    assert (noun_of(SERIES[name]), meaning_of(SERIES[name])) == (noun, meaning)


def test_every_registered_series_can_be_stated() -> None:
    for series in SERIES.values():
        assert unit_of(series).label
        assert unit_of(series).format_value(0.5)
        assert noun_of(series)
