"""Reshaping TopoJSON (version 1.0) without losing its topology: shapes share their arcs. Pure.

An arc is a list of positions, each the difference to the one before, on a grid of `transform`.
"""

from collections.abc import Callable, Iterable
from typing import Any

Topology = dict[str, Any]
Geometry = dict[str, Any]
Arc = list[list[int]]
LEVELS = 10_000  # of the grid, a side: 0.036 degrees of longitude, an eighth of a pixel of a map


def joined(geometries: Iterable[Geometry]) -> list[Geometry]:
    """One geometry an id, in the order of their first; the largest keeps its properties."""
    by_id: dict[str, list[Geometry]] = {}
    for geometry in geometries:
        by_id.setdefault(geometry["id"], []).append(geometry)
    return [_multi(same) if len(same) > 1 else same[0] for same in by_id.values()]


def on_grid(topology: Topology, levels: int = LEVELS) -> Topology:
    """The same on a coarser grid; neighbours round alike, so no gap opens between them."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    west, south, east, north = topology["bbox"]
    scale = [(east - west) / (levels - 1), (north - south) / (levels - 1)]

    def cell(x: int, y: int) -> list[int]:
        return [round((x * sx + tx - west) / scale[0]), round((y * sy + ty - south) / scale[1])]

    arcs = [_differences([cell(*position) for position in _positions(a)]) for a in topology["arcs"]]
    return topology | {"arcs": arcs, "transform": {"scale": scale, "translate": [west, south]}}


def pruned(topology: Topology) -> Topology:
    """Without the arcs that no object has."""
    used = sorted({_own(arc) for shape in topology["objects"].values() for arc in _arcs(shape)})
    numbers = {arc: number for number, arc in enumerate(used)}

    def number(arc: int) -> int:
        return numbers[arc] if arc >= 0 else ~numbers[~arc]

    objects = {name: _renumbered(shape, number) for name, shape in topology["objects"].items()}
    return topology | {"objects": objects, "arcs": [topology["arcs"][arc] for arc in used]}


def ids(topology: Topology) -> list[str]:
    """Those of the countries, each as often as it stands there."""
    return [geometry["id"] for geometry in topology["objects"]["countries"]["geometries"]]


def _multi(geometries: list[Geometry]) -> Geometry:
    polygons: list[Any] = []
    for geometry in geometries:
        polygons += geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    largest = max(geometries, key=lambda geometry: len(list(_arcs(geometry))))
    return largest | {"type": "MultiPolygon", "arcs": polygons}


def _positions(arc: Arc) -> list[list[int]]:
    positions, x, y = [], 0, 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        positions.append([x, y])
    return positions


def _differences(positions: list[list[int]]) -> Arc:
    """Positions that fall together are one, but an arc keeps both its ends."""
    arc, (x, y) = [positions[0]], positions[0]
    for n, position in enumerate(positions[1:], 2):
        if position != [x, y] or (n == len(positions) and len(arc) == 1):
            arc.append([position[0] - x, position[1] - y])
            x, y = position
    return arc


def _arcs(shape: Any) -> Iterable[int]:
    if isinstance(shape, int):
        yield shape
    elif isinstance(shape, list):
        for part in shape:
            yield from _arcs(part)
    else:
        yield from _arcs(shape.get("geometries", shape.get("arcs", [])))


def _renumbered(shape: Any, number: Callable[[int], int]) -> Any:
    if isinstance(shape, int):
        return number(shape)
    if isinstance(shape, list):
        return [_renumbered(part, number) for part in shape]
    changed = {key: _renumbered(shape[key], number) for key in ("geometries", "arcs")
               if key in shape}  # fmt: skip
    return shape | changed


def _own(arc: int) -> int:
    return arc if arc >= 0 else ~arc
