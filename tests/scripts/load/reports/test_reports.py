from xml.etree.ElementTree import fromstring

import msgspec

from analytics.load_tests.comparison import compared
from analytics.load_tests.report import Generator, Outcome, RunVerdict, ServerSide
from scripts.load.reports.html import html
from scripts.load.reports.junit import junit
from scripts.load.reports.text import differences, progress, text
from tests.support.load_reports import PLAN, report, window

HOSTILE = "<script>alert(1)</script>"
BROKEN = report(
    verdict=RunVerdict(outcome=Outcome.FAILED, sentence=HOSTILE, broken=[HOSTILE]),
    plan=msgspec.structs.replace(PLAN, url=f"ws://host/{HOSTILE}"),
    generator=Generator(cpu=0.97, limits=["it used 97% of one core"]),
    server=ServerSide(opened=49, closed={}, received=1, sent=2, differences=["opened: 50, 49"]),
    recovery=12.0,
)


def test_the_text_begins_with_the_verdict_and_tells_all() -> None:
    lines = text(BROKEN).splitlines()
    assert lines[0].startswith("NOT HELD")
    for part in ("it was at its limit", "it differs:", "all back after", "50 of 50 opened"):
        assert any(part in line for line in lines), part
    assert "it was not the limit" in text(report())


def test_the_page_escapes_text_of_a_server_and_asks_nothing_of_others() -> None:
    page = html(BROKEN).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<svg") == 2
    assert "http://" not in page.replace("ws://", "")
    assert "Not measured." in html(report(windows=[])).decode()


def test_ci_reads_a_case_with_what_broke() -> None:
    suite = fromstring(junit(BROKEN))
    assert (suite.get("failures"), suite.get("time")) == ("1", "37.000")
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert failure.text == HOSTILE
    assert fromstring(junit(report())).get("failures") == "0"


def test_a_comparison_is_a_table_with_its_intervals() -> None:
    rows = differences(compared(report(), report())).splitlines()
    assert rows[1].startswith("Round trip p95, ms")
    assert "+0.0 to +0.0" in rows[1]
    assert "too few windows" in rows[4]


def test_a_run_under_way_is_a_single_line() -> None:
    line = progress(12.0, "steady", window(12.0, [5.0]), failed=2, dropped=1)
    for part in ("12 s", "steady", "50 open", "2 failed", "1 dropped"):
        assert part in line
