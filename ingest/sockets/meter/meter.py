"""The meter of one worker: a tally per app, and the samples taken of them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from models.metrics.server_catalogue import OWN_SERVICE, USER_KEY_BYTES
from models.raw.server_samples import ServerSample

from .app_slots import AppSlots, added, busiest
from .named_ends import NamedEnds
from .process import ProcessMeter
from .tally import Tally

MOST_APPS = 200  # with names of their own
OTHER_APPS = "other"

RoomGauges = dict[str, tuple[int, dict[str, int]]]


class Meter:
    """Counts of one worker. `secret` keys the hashes that stand for named users."""

    def __init__(self, secret: str) -> None:
        self._key = blake2b(secret.encode(), digest_size=32).digest()
        self._tallies: dict[str, Tally] = {}
        self._idle_apps = {OTHER_APPS}
        self._slots = AppSlots(MOST_APPS)
        self.named_ends = NamedEnds()
        self.rooms: Callable[[], RoomGauges] = dict
        self.outbox_bytes: Callable[[], int] = int

    def tally(self, app: str) -> Tally:
        """The tally of `app`, which has or gets a connection."""
        return self._tallies.setdefault(app, Tally())

    def tally_of_refused(self, app: str) -> Tally:
        """The tally of a handshake that may be refused: that of `app` if it has one, else that of
        all others, as a name that was only tried gets nothing."""
        return self._tallies.get(app) or self.tally(OTHER_APPS)

    @property
    def named_apps(self) -> int:
        """How many apps are sampled under their own names."""
        return len(self._slots)

    @property
    def rooms_counted(self) -> int:
        """Rooms of the last interval that are counted by messages, in the app with most."""
        return max((tally.rooms_counted for tally in self._tallies.values()), default=0)

    def user_key(self, app: str, user: str) -> bytes:
        """The keyed hash under which a named user is stored; the name never is."""
        name = f"{app}\0{user}".encode()
        return blake2b(name, key=self._key, digest_size=USER_KEY_BYTES).digest()

    def samples(
        self, instance: str, start: datetime, end: datetime, process: ProcessMeter
    ) -> list[ServerSample]:
        """Samples of [start, end): one of the process, one per named app that is not idle, one of
        all others together.

        An app that becomes idle or loses its name is sampled once more, so that its gauges return
        to zero.
        """
        rooms = self.rooms()
        common = {
            "period_start": start, "period_end": end, "received_at": end,
            "service": OWN_SERVICE, "instance": instance,
        }  # fmt: skip
        left = self._settle(end)
        of_process = {**process.take(), "outbox_bytes": self.outbox_bytes()}
        ends = self.named_ends.take(end, lambda app: app if app in self._slots else OTHER_APPS)
        collected = [_sample(**common, **of_process, ends=ends)]
        of_others = [_room_fields(0, {}, Counter()) | Tally().take()]
        for app, tally in list(self._tallies.items()):
            messages_by_room = Counter(tally.room_messages)
            room_count, members = rooms.get(app, (0, {}))
            fields = tally.take() | _room_fields(room_count, members, messages_by_room)
            if app in self._slots:
                collected += self._samples_of(app, common, fields)
            else:
                of_others.append(fields)
                if not tally.active:
                    del self._tallies[app]
        for app in left:
            if app not in self._idle_apps:
                collected.append(_sample(app=app, **common))
            self._idle_apps.discard(app)
        return collected + self._samples_of(OTHER_APPS, common, added(of_others))

    def _settle(self, at: datetime) -> set[str]:
        """Name the most used apps; those that lost their names."""
        use = {app: tally.active + tally.opened for app, tally in self._tallies.items()}
        return self._slots.settle({a: n for a, n in use.items() if a != OTHER_APPS}, at)

    def _samples_of(
        self, app: str, common: dict[str, Any], fields: dict[str, Any]
    ) -> list[ServerSample]:
        is_idle = not any(fields[name] for name in ("active", "opened", "closed", "rejected"))
        was_idle = app in self._idle_apps
        (self._idle_apps.add if is_idle else self._idle_apps.discard)(app)
        return [] if is_idle and was_idle else [_sample(app=app, **common, **fields)]


def _sample(**fields: Any) -> ServerSample:
    return ServerSample(sample_id=uuid4(), **fields)


def _room_fields(
    room_count: int, members: dict[str, int], messages_by_room: Counter[str]
) -> dict[str, Any]:
    return {
        "rooms": room_count,
        "members": sum(members.values()),
        "top_rooms": busiest(
            (room, members.get(room, 0), messages_by_room[room])
            for room in members.keys() | messages_by_room.keys()
        ),
    }
