"""Routed addresses, and the tables of how well files agree on them."""

from ipaddress import ip_address, ip_network
from pathlib import Path
from random import Random

from analytics.country_file.reader import Address
from scripts.geodata import agreement, routed
from scripts.geodata.ranges import of_text

BRAZIL, KOSOVO, NOBODY = (ip_address(text) for text in ("192.0.2.1", "192.0.2.2", "192.0.2.3"))
TRUTH: dict[Address, str] = {BRAZIL: "BR", KOSOVO: "XK"}


def file_of(codes: dict[Address, str]) -> agreement.Lookup:
    def lookup(address: Address) -> str | None:
        return codes.get(address)

    return lookup


FILES = {"right": file_of(TRUTH), "wrong": file_of({BRAZIL: "BR", KOSOVO: "AL"})}


def test_addresses_are_drawn_from_the_routed_networks(tmp_path: Path) -> None:
    file = tmp_path / "asn-ipv4-num.csv"
    file.write_text('16777216,16777471,13335,"Cloudflare, Inc."\n3221225984,3221225984,1,x\n')
    spans = routed.spans(file)
    assert spans == [(16777216, 16777471), (3221225984, 3221225984)]
    drawn = routed.ipv4(spans, 2000, Random(1))
    assert sum(int(address) == 3221225984 for address in drawn) < 40
    assert all(address in ip_network("1.0.0.0/24") or int(address) > 2**31 for address in drawn)
    networks = routed.ipv6([(1 << 100, (1 << 101) - 1), (5, 5)], 2000, Random(1))
    assert 800 < sum(int(address) == 5 for address in networks) < 1200


def test_the_text_of_tor_is_read_with_its_gaps(tmp_path: Path) -> None:
    ipv4, ipv6 = tmp_path / "geoip", tmp_path / "geoip6"
    ipv4.write_text("# a comment\n16777216,16777471,AU\n16778240,16779263,??\n")
    ipv6.write_text("2001:db8::,2001:db8::ffff,NL\n")
    lookup = of_text(ipv4, ipv6)
    addresses = ("1.0.0.0", "1.0.0.255", "1.0.1.0", "1.0.4.1", "0.0.0.1", "2001:db8::1", "::1")
    assert [lookup(ip_address(text)) for text in addresses] == [
        *("AU", "AU", None, None, None, "NL", None)
    ]


def test_agreement_is_counted_by_continent_and_by_country() -> None:
    judges = {"judge": file_of(TRUTH)}
    rows = agreement.by_continent(FILES, judges, [BRAZIL, BRAZIL, KOSOVO, NOBODY])
    assert rows == [
        ["", "n", "right / judge", "wrong / judge"],
        ["all", "4", "100.0%", "75.0%"],
        ["Europe", "1", "100.0%", "0.0%"],
        ["South America", "2", "100.0%", "100.0%"],
        ["unknown", "1", "100.0%", "100.0%"],
    ]
    many = [BRAZIL] * 30 + [KOSOVO] * 10 + [NOBODY] * 50
    assert agreement.by_country(FILES, judges, many)[1] == ["mean", "2", "100.0%", "50.0%"]


def test_kosovo_is_counted_by_networks_and_printed_as_markdown() -> None:
    networks = [(ip_network("192.0.2.2/32"), {"country_code": "XK"}),
                (ip_network("192.0.2.1/32"), {"country_code": "BR"})]  # fmt: skip
    text = agreement.table("", agreement.of_kosovo(FILES, networks))
    assert text == (
        "|  | networks | right | wrong |\n| --- | --- | --- | --- |\n"
        "| Kosovo | 1 | 100.0% | 0.0% |\n"
    )
