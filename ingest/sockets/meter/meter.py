"""The meter of one worker: a tally per app, and the samples taken of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from models.metrics.server_catalogue import OWN_SERVICE, USER_KEY_BYTES
from models.raw.server_samples import ServerSample

from .process import ProcessMeter
from .tally import Tally

MOST_APPS = 200  # apps are named by clients; any more are counted together
OTHER_APPS = "other"
MOST_ROOMS = 50

RoomGauges = dict[str, tuple[int, dict[str, int]]]


class Meter:
    """Counts of one worker. `secret` keys the hashes that stand for named users."""

    def __init__(self, secret: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32).digest()
        self._tallies: dict[str, Tally] = {}
        self._idle_apps: set[str] = set()
        self.rooms: Callable[[], RoomGauges] = dict
        self.outbox_bytes: Callable[[], int] = int

    def tally(self, app: str) -> Tally:
        """The tally of `app`."""
        app_tally = self._tallies.get(app)
        if app_tally is None:
            if len(self._tallies) >= MOST_APPS:
                app = OTHER_APPS
            app_tally = self._tallies.setdefault(app, Tally())
        return app_tally

    def user_key(self, app: str, user: str) -> bytes:
        """The keyed hash under which a named user is stored; the name never is."""
        name = f"{app}\0{user}".encode()
        return blake2b(name, key=self._key, digest_size=USER_KEY_BYTES).digest()

    def samples(
        self, instance: str, start: datetime, end: datetime, process: ProcessMeter
    ) -> list[ServerSample]:
        """Samples of [start, end): one of the process, one per app that is not idle.

        An app that becomes idle is sampled once more, so that its gauges return to zero.
        """
        rooms = self.rooms()
        common = {
            "period_start": start, "period_end": end, "received_at": end,
            "service": OWN_SERVICE, "instance": instance,
        }  # fmt: skip
        collected = [_sample(**common, **process.take(), outbox_bytes=self.outbox_bytes())]
        for app, tally in self._tallies.items():
            messages_by_room = Counter(tally.room_messages)
            room_count, members = rooms.get(app, (0, {}))
            fields = tally.take() | _room_fields(room_count, members, messages_by_room)
            is_idle = not any(fields[name] for name in ("active", "opened", "closed", "rejected"))
            if not is_idle or app not in self._idle_apps:
                collected.append(_sample(app=app, **common, **fields))
            (self._idle_apps.add if is_idle else self._idle_apps.discard)(app)
        return collected


def _sample(**fields: Any) -> ServerSample:
    return ServerSample(sample_id=uuid4(), **fields)


def _room_fields(
    room_count: int, members: dict[str, int], messages_by_room: Counter[str]
) -> dict[str, Any]:
    return {
        "rooms": room_count,
        "members": sum(members.values()),
        "top_rooms": _top_rooms(members, messages_by_room),
    }


def _top_rooms(
    members: dict[str, int], messages_by_room: Counter[str]
) -> list[tuple[str, int, int]]:
    """(room, members, messages) of the 50 busiest rooms, ties by members."""
    names: Iterable[str] = members.keys() | messages_by_room.keys()
    ranked = sorted(names, key=lambda room: (-messages_by_room[room], -members.get(room, 0), room))
    return [(room, members.get(room, 0), messages_by_room[room]) for room in ranked[:MOST_ROOMS]]
