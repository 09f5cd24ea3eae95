"""Sums of raw reports per app, step and value of each dimension."""

from datetime import timedelta
from typing import Any

from models.database.engine import Database
from models.metrics.client_columns import GAUGE_PARTS
from models.metrics.dimensions import SEPARATOR
from models.raw.report_insert import ClientReports
from models.rollups import report_aggregates
from models.rollups.report_aggregates import LARGEST_GAUGE, Rows
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
DAY = (NOON - 12 * HOUR, NOON + 12 * HOUR)


def sums(database: Database, *custom: str) -> Rows:
    with database.transaction() as connection:
        return report_aggregates.by_dimension(connection, "minute", [DAY], custom)


def total(database: Database, *custom: str) -> dict[str, Any]:
    (row,) = [row for row in sums(database, *custom) if row["dimension"] == ""]
    return row


def test_every_report_counts_in_the_total_and_in_a_value_of_each_dimension(
    database: Database,
) -> None:
    store = [report(country="BR", sent=3), report(country=None, sent=4, page="/a")]
    ClientReports(database).insert(store)
    counted = {(row["dimension"], row["value"]): row["sent"] for row in sums(database)}
    assert counted[("", "")] == 7
    assert counted[("country", "BR")] == 3
    assert counted[("country", "unknown")] == 4
    assert (counted[("page", "/a")], counted[("page", "unknown")]) == (4, 3)
    assert counted[("browser", "unknown")] == 7


def test_sample_rates_are_grouped_so_that_sums_stay_integers(database: Database) -> None:
    ClientReports(database).insert([report(sent=3, sample_rate=rate) for rate in (1.0, 0.3, 0.3)])
    totals = [(row["sample_rate"], row["sent"]) for row in sums(database) if not row["dimension"]]
    assert totals == [(0.3, 6), (1.0, 3)]


def test_durations_and_labels_are_listed(database: Database) -> None:
    ClientReports(database).insert(
        [
            report(recovery_ms=(5, 7), page_load_ms=100, close_codes={"1006": 2}),
            report(effective_type="4g"),
        ]
    )
    row = total(database)
    assert (row["recovery_ms"], row["page_load_ms"]) == ("5,7", "100")
    assert row["close_codes"] == [{"1006": 2}]
    assert sorted(row["networks"].split(SEPARATOR)) == ["4g", "unknown"]


def test_gauges_are_summed_in_parts_with_their_number(database: Database) -> None:
    ClientReports(database).insert([report(cls=0.25), report(cls=0.5), report(rtt_ms=40)])
    row = total(database)
    assert (row["cls_n"], row["cls_parts"]) == (2, 0.75 * GAUGE_PARTS)
    assert (row["rtt_ms_n"], row["rtt_ms_parts"]) == (1, 40 * GAUGE_PARTS)
    assert (row["inp_ms_n"], row["inp_ms_parts"]) == (0, None)


def test_custom_values_are_clipped_and_absent_ones_do_not_count(database: Database) -> None:
    hostile = "a'b:custom0"
    customs = [{hostile: 1e300}, {hostile: -0.5}, {"other": 1.0}]
    ClientReports(database).insert([report(custom=custom) for custom in customs])
    row = total(database, hostile, "missing")
    assert row["custom0_n"] == 2
    assert row["custom0_parts"] == (LARGEST_GAUGE - 0.5) * GAUGE_PARTS
    assert (row["custom1_n"], row["custom1_parts"]) == (0, None)


def test_the_time_that_was_watched_is_that_of_the_periods(database: Database) -> None:
    ClientReports(database).insert([report(), report(period_start=NOON - 2 * HOUR)])
    assert total(database)["watched_ms"] == 15_000 + (2 * 3600 - 60) * 1000


def test_bytes_of_histograms_are_counted_within_an_interval(database: Database) -> None:
    ClientReports(database).insert([report((40.0, 50.0)), report((40.0,), period_end=NOON)])
    with database.transaction() as connection:
        sizes = [
            report_aggregates.bytes_in(connection, (start, NOON + HOUR))
            for start in (NOON - HOUR, NOON, NOON + HOUR / 2)
        ]
    assert sizes == [18, 6, 0]
