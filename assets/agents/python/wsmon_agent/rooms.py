"""Who is in which room, where a framework knows it: pass the result as `rooms`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST_GROUPS = 10_000
Rooms = Callable[[], dict[str, int]]


def of_socketio(server: Any) -> Rooms:
    """The rooms of a python-socketio server, without those of single clients."""

    def members() -> dict[str, int]:
        rooms = {}
        for namespace, by_room in list(server.manager.rooms.items()):
            clients = by_room.get(None, {})
            for room, inside in list(by_room.items()):
                if room is not None and room not in clients:
                    rooms[f"{namespace}{room}"] = len(inside)
        return rooms

    return members


def of_channels(layer: Any) -> Rooms:
    """The groups of a Channels layer that this process joined; `layer` counts from now on."""
    groups: dict[str, set[str]] = {}
    add, discard = layer.group_add, layer.group_discard

    async def group_add(group: str, channel: str) -> None:
        await add(group, channel)
        if group in groups or len(groups) < MOST_GROUPS:
            groups.setdefault(group, set()).add(channel)

    async def group_discard(group: str, channel: str) -> None:
        await discard(group, channel)
        groups.get(group, set()).discard(channel)
        if group in groups and not groups[group]:
            del groups[group]

    layer.group_add, layer.group_discard = group_add, group_discard
    return lambda: {group: len(inside) for group, inside in list(groups.items())}
