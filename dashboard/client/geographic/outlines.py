"""Which countries the map draws, and how."""

import json
from functools import lru_cache

from analytics.geo.countries import countries
from settings import CHECKOUT

PLACES = {"SG": (103.85, 1.29), "HK": (114.17, 22.28), "MT": (14.51, 35.9), "BH": (50.58, 26.23)}


def shape_of(code: str) -> str | None:
    """The id of a country's shape in the file of outlines, `None` where it has none."""
    entry = countries().get(code)
    return entry.alpha3 if entry and entry.alpha3 in _shapes() else None


def place_of(code: str) -> tuple[float, float] | None:
    """Longitude and latitude of the capital of a country without a shape."""
    return PLACES.get(code)


def is_drawn(code: str) -> bool:
    """Whether the map has a shape or a point for the country."""
    return shape_of(code) is not None or place_of(code) is not None


@lru_cache(maxsize=1)
def _shapes() -> frozenset[str]:
    path = CHECKOUT / "assets" / "public" / "geo" / "world_110m.json"
    return frozenset(
        each["id"] for each in json.loads(path.read_text())["objects"]["countries"]["geometries"]
    )
