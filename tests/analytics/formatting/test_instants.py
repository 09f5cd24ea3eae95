"""Times for machines are UTC with a `Z`, and round trip."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from analytics.formatting import instants

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone


@given(moments)
def test_an_instant_written_reads_back_as_the_same(at: datetime) -> None:
    text = instants.iso8601(at)
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == at


def test_an_instant_is_written_to_the_requested_precision() -> None:
    at = datetime(2026, 3, 2, 13, 0, 0, 987_654, timezone(timedelta(hours=1)))
    assert instants.iso8601(at, "milliseconds") == "2026-03-02T12:00:00.987Z"
    assert instants.iso8601(at, "seconds") == "2026-03-02T12:00:00Z"
