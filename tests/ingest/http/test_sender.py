"""The sender's address in every form a proxy gives it."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.sender import is_loopback, sender_key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("unix:", ""),
        ("192.0.2.7:80", "192.0.2.7"),
        (" 192.0.2.7:65535 ", "192.0.2.7"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::"),
        ("[::ffff:192.0.2.7]:80", "192.0.2.7"),
        ("[fe80::1%eth0]:80", "fe80::"),
        ("[]", ""),
        ("[]:80", ""),
        ("192.0.2.7:", ""),
        ("192.0.2.7:808080", ""),
        ("[192.0.2.7", ""),
        ("192.0.2.7, 192.0.2.8", ""),
        ("1" * 5000 + ":1", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_sender_is_an_address_or_its_network(address: str | None, key: str) -> None:
    assert sender_key(address) == key


@given(st.integers(1, 2**64 - 1), st.lists(st.integers(0, 2**64 - 1), min_size=2))
def test_all_addresses_of_a_household_are_a_single_sender(network: int, hosts: list[int]) -> None:
    addresses = [IPv6Address(network << 64 | host) for host in hosts]
    assert len({sender_key(str(address)) for address in addresses}) == 1
    assert sender_key(str(IPv6Address((network ^ 1) << 64))) != sender_key(str(addresses[0]))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False), ("::2", False), ("localhost", False),
        ("127.0.0.1:9", True), ("[::1]:9", True), ("", False), (None, False),
    ],
)  # fmt: skip
def test_loopback_is_recognised_in_either_family(address: str | None, expected: bool) -> None:
    assert is_loopback(address) is expected
