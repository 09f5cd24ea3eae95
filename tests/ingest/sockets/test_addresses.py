"""Sockets are counted by address while they are open, those of an IPv6 /64 together."""

import pytest

from ingest.bounds.exempt import ExemptSenders
from ingest.http.problems import TooManyRequests
from ingest.sockets.engine.addresses import AddressCounts

OFFICE = ExemptSenders(("203.0.113.0/24",), 1).covers


def test_more_than_may_be_are_refused_until_another_closes() -> None:
    counts = AddressCounts(2, OFFICE)
    first = counts.take("2001:db8::1")
    counts.take("2001:db8::2")
    with pytest.raises(TooManyRequests, match="2 WebSockets of this address"):
        counts.take("2001:db8::3")
    counts.take("2001:db8:0:1::1")
    counts.release(first)
    counts.take("2001:db8::3")


@pytest.mark.parametrize(("most", "address"), [(0, "198.51.100.1"), (1, "203.0.113.7")])
def test_without_a_limit_and_of_trusted_networks_there_may_be_any_number(
    most: int, address: str
) -> None:
    counts = AddressCounts(most, OFFICE)
    for key in [counts.take(address) for _ in range(3)]:
        counts.release(key)


def test_nothing_is_remembered_of_closed_sockets() -> None:
    counts = AddressCounts(3, OFFICE)
    for key in [counts.take(f"198.51.100.{n}") for n in range(5)]:
        counts.release(key)
    assert not counts._open
