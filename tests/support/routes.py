"""A route of the tests."""

from typing import Any

import msgspec

from ingest.routing.route import ResponseSpec, Route


class Thing(msgspec.Struct):
    """What the route answers."""

    n: int = 1


def a_route(**fields: Any) -> Route:
    """`GET /api/things`, with these fields."""
    plain: dict[str, Any] = {
        "method": "GET", "path": "/api/things", "name": "things", "tag": "Things",
        "summary": "Get things", "view": lambda _services: Thing(),
        "response": ResponseSpec(text="They are here.", kind=Thing),
    }  # fmt: skip
    return Route(**(plain | fields))
