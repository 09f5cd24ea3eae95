import msgspec
import pytest

from ingest.api.load_tests.body import read_load_test
from ingest.payloads import Fault
from tests.support.load_reports import report


def test_a_report_is_read_back_and_must_not_end_before_its_start() -> None:
    made = report()
    item = msgspec.json.decode(msgspec.json.encode(made))
    assert read_load_test(item) == made
    with pytest.raises(Fault, match="must not be before"):
        read_load_test({**item, "ended_at": "2026-11-20T09:59:59Z"})


def test_times_are_stored_in_utc_and_have_years_that_rows_can_have() -> None:
    item = msgspec.json.decode(msgspec.json.encode(report()))
    elsewhere = read_load_test({**item, "ended_at": "2026-11-21T09:00:00+22:00"})
    assert elsewhere.ended_at.isoformat() == "2026-11-20T11:00:00+00:00"
    for field, text in (
        ("started_at", "0001-01-01T04:05:00Z"),
        ("ended_at", "8365-03-02T19:12:59Z"),
    ):
        with pytest.raises(Fault, match="between the years") as raised:
            read_load_test({**item, field: text})
        assert raised.value.field == field
