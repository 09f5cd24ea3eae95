"""Every country is on the map: as an outline or as a point."""

import gzip
import json
from collections import Counter

from analytics.geo.countries import countries
from analytics.geo.places import places
from settings import CHECKOUT

OUTLINES = CHECKOUT / "assets" / "public" / "geo" / "world_110m.json"
LARGEST = 115_000  # bytes, compressed


def test_every_country_has_an_outline_or_a_point_and_none_has_both() -> None:
    objects = json.loads(OUTLINES.read_text())["objects"]
    outlines = Counter(shape["id"] for shape in objects["countries"]["geometries"])
    assert set(outlines.values()) == {1}
    table = countries()
    assert sorted([*outlines, *(table[code].alpha3 for code in places())]) == sorted(
        country.alpha3 for country in table.values()
    )


def test_places_are_on_earth_and_where_they_are() -> None:
    assert all(abs(p.latitude) < 60 or p.name == "Tórshavn" for p in places().values())
    assert all(abs(p.longitude) <= 180 and p.name for p in places().values())
    singapore = places()["SG"]
    assert (round(singapore.latitude), round(singapore.longitude)) == (1, 104)


def test_the_outlines_are_small() -> None:
    assert len(gzip.compress(OUTLINES.read_bytes())) < LARGEST
