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
