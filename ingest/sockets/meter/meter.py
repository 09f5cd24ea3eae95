"""The meter of one worker: a tally for each app, and the samples made of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from models.metrics.server_catalogue import OWN_SERVICE, USER_KEY_BYTES
from models.raw.server_samples import ServerSample

from .process import Process
from .tally import Tally

MOST_APPS = 200  # apps are named by clients; the rest is counted together
OTHER_APPS = "other"
MOST_ROOMS = 50

RoomGauges = dict[str, tuple[int, dict[str, int]]]


class Meter:
    """Counts of one worker. `secret` keys the hashes that stand for named users."""

    def __init__(self, secret: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32).digest()
        self._tallies: dict[str, Tally] = {}
        self._quiet: set[str] = set()
        self.rooms: Callable[[], RoomGauges] = dict
        self.outbox_bytes: Callable[[], int] = int

    def tally(self, app: str) -> Tally:
        """Where the connections of `app` are counted."""
        found = self._tallies.get(app)
        if found is None:
            if len(self._tallies) >= MOST_APPS:
                app = OTHER_APPS
            found = self._tallies.setdefault(app, Tally())
        return found

    def user_key(self, app: str, user: str) -> bytes:
        """What stands for a named user in the store: a keyed hash, never the name."""
        name = f"{app}\0{user}".encode()
        return blake2b(name, key=self._key, digest_size=USER_KEY_BYTES).digest()

    def samples(
        self, instance: str, start: datetime, end: datetime, process: Process
    ) -> list[ServerSample]:
        """What happened in [start, end): one sample of the process, one of each app not idle.

        An app that has become idle is told once more, so that its gauges return to zero.
        """
        rooms = self.rooms()
        common = {
            "period_start": start, "period_end": end, "received_at": end,
            "service": OWN_SERVICE, "instance": instance,
        }  # fmt: skip
        made = [_sample(**common, **process.take(), outbox_bytes=self.outbox_bytes())]
        for app, tally in self._tallies.items():
            talk = Counter(tally.room_messages)
            number, members = rooms.get(app, (0, {}))
            fields = tally.take() | _room_fields(number, members, talk)
            is_idle = not any(fields[name] for name in ("active", "opened", "closed", "rejected"))
            if not is_idle or app not in self._quiet:
                made.append(_sample(app=app, **common, **fields))
            (self._quiet.add if is_idle else self._quiet.discard)(app)
        return made


def _sample(**fields: Any) -> ServerSample:
    return ServerSample(sample_id=uuid4(), **fields)


def _room_fields(number: int, members: dict[str, int], talk: Counter[str]) -> dict[str, Any]:
    return {"rooms": number, "members": sum(members.values()), "top_rooms": _top(members, talk)}


def _top(members: dict[str, int], talk: Counter[str]) -> list[tuple[str, int, int]]:
    """The rooms most spoken in, then the fullest."""
    names: Iterable[str] = members.keys() | talk.keys()
    ranked = sorted(names, key=lambda room: (-talk[room], -members.get(room, 0), room))
    return [(room, members.get(room, 0), talk[room]) for room in ranked[:MOST_ROOMS]]
