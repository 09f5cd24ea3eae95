"""How the map draws a country: by its shape in the file of outlines, or as a point."""

from analytics.geo.countries import countries
from analytics.geo.places import places


def shape_of(code: str) -> str | None:
    """The id of the country's shape, `None` where it has none."""
    entry = countries().get(code)
    return entry.alpha3 if entry and code not in places() else None


def coordinates_of(code: str) -> tuple[float, float] | None:
    """Longitude and latitude of a country without a shape."""
    point = places().get(code)
    return (point.longitude, point.latitude) if point else None


def is_drawn(code: str) -> bool:
    """Whether the map has a shape or a point for it: not for unknown countries."""
    return code in countries()
