"""Continents as the page offers them: their names, and the part of the map they cover."""

from dataclasses import dataclass

from analytics.geo.countries import countries

WORLD = "world"


@dataclass(frozen=True, slots=True, kw_only=True)
class Continent:
    """`names` are those of the table of countries, empty for the world; `longitudes` and
    `latitudes` the ends of its map in degrees."""

    label: str
    longitudes: tuple[float, float]
    latitudes: tuple[float, float]
    names: tuple[str, ...] = ()

    def has(self, country: str) -> bool:
        """Whether the country belongs to it."""
        if not self.names:
            return True
        entry = countries().get(country)
        return entry is not None and entry.continent in self.names


CONTINENTS: dict[str, Continent] = {
    WORLD: Continent(label="World", longitudes=(-169, 191), latitudes=(-57, 83)),
    "europe": Continent(
        label="Europe", names=("Europe",), longitudes=(-25, 50), latitudes=(34, 72)
    ),
    "americas": Continent(
        label="Americas",
        names=("North America", "South America"),
        longitudes=(-170, -30),
        latitudes=(-57, 75),
    ),
    "asia": Continent(label="Asia", names=("Asia",), longitudes=(25, 150), latitudes=(-12, 56)),
    "africa": Continent(
        label="Africa", names=("Africa",), longitudes=(-26, 60), latitudes=(-36, 39)
    ),
    "oceania": Continent(
        label="Oceania", names=("Oceania",), longitudes=(105, 240), latitudes=(-50, 24)
    ),
}
