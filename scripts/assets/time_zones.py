"""Writes `assets/public/time-zones.json`, what the finder of time zones searches, from the IANA
data in the package `tzdata`: `./scripts/python -m scripts.assets.time_zones`.

One entry a zone: its name, the countries it is used in, and its other names, old and new
(`backward` of the IANA data), so that Kiev finds Europe/Kyiv and Calcutta Asia/Kolkata.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "assets" / "public" / "time-zones.json"
NOWHERE = ("Etc/", "Factory")
UTC = "UTC"
Entry = tuple[str, list[str], list[str]]


def entries(folder: Traversable) -> list[Entry]:
    """Name, countries and other names of each zone, UTC first, from the folder of IANA files."""
    countries = dict(_rows(folder / "iso3166.tab"))
    places = {row[2]: row[0].split(",") for row in _rows(folder / "zone1970.tab")}
    local = {row[2]: row[0] for row in _rows(folder / "zone.tab")}
    aliases = defaultdict[str, set[str]](set)
    for line in (folder / "tzdata.zi").read_text().splitlines():
        kind, *names = line.split(" ")
        if kind == "L":
            aliases[names[0]].add(names[1])
    main = {name for table in (places, local) for name in table}
    return [
        (UTC, [], ["Etc/UTC", "GMT", "Zulu"]),
        *(
            (
                name,
                [countries[code] for code in places.get(name, [local.get(name, "")]) if code],
                sorted(alias for alias in aliases[name] if alias not in main),
            )
            for name in sorted(main)
            if not name.startswith(NOWHERE)
        ),
    ]


def text(zones: Iterable[Entry]) -> str:
    """The file: a JSON array with an entry a line."""
    lines = (json.dumps(zone, ensure_ascii=False, separators=(",", ":")) for zone in zones)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def iana_folder() -> Traversable:
    """The IANA files of the installed `tzdata`."""
    return resources.files("tzdata") / "zoneinfo"


def _rows(file: Traversable) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    TARGET.write_text(text(entries(iana_folder())), encoding="utf-8")
