"""Reading what nothing was stored for, and when the first session began."""

from datetime import timedelta

from models.correlation import session_summaries, summary_reading
from models.correlation.session_summaries import SummaryRow
from models.database.engine import Database
from models.raw.report_insert import ClientReports
from tests.support.clock import NOON
from tests.support.store.report_factory import report

HOUR = timedelta(hours=1)
DAY = (NOON - timedelta(days=1), NOON)


def test_rows_are_read_as_two_byte_strings_in_the_same_order(database: Database) -> None:
    reports = [report() for _ in range(9)]
    ClientReports(database).insert(reports)
    segment = ("portal", "DE", "4g", "wifi", "Chrome 141", "1")
    with database.transaction() as connection:
        empty = summary_reading.packed(connection, DAY, {"country": ("DE",)}, 9)
        assert (bytes(empty.figures), bytes(empty.ages), empty.share) == (b"", b"", 1.0)
        assert summary_reading.first_start(connection) is None
        session_summaries.begin(connection)
        (number,) = session_summaries.segment_ids(connection, {segment}).values()
        rows = [
            SummaryRow(each.session_id, NOON - n * HOUR, number, b"%d" % n, b"a%d" % n)
            for n, each in enumerate(reports, 1)
        ]
        session_summaries.write(connection, rows)
        stored = summary_reading.packed(connection, DAY, {"country": ("DE", "BR")}, 99)
        figures = bytes(stored.figures).decode()
        assert sorted(figures) == [*"123456789"]
        assert bytes(stored.ages).decode() == "".join(f"a{digit}" for digit in figures)
        assert summary_reading.first_start(connection) == NOON - timedelta(hours=9)
        assert summary_reading.labels(connection, [number, -1]) == {number: segment}
        assert bytes(summary_reading.packed(connection, DAY, {"app": ("x",)}, 99).figures) == b""
