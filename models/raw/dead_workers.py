"""The sockets of a worker that was killed: nobody was left to count their ends.

Who finds it dead does, by a last sample of each app: as many ends as there were connections, 1006
by nobody (RFC 6455, section 7.1.5: no close frame). Charts mark it as a restart, and a stop in
order as a planned one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, text

from .events import PLANNED_RESTART, RESTART, Event
from .server_samples import ServerSample

ENDED = "1006/nobody"
INTERVAL = timedelta(seconds=5)  # of samples: it lived at most so much longer than its last one
MARGIN = timedelta(minutes=10)  # between the clocks of a worker and the database

LONGEST_SILENCE = 300.0  # seconds of a worker that lives; longer than a stop of its node
REGULAR_BEAT = 30.0

LAST = text(
    """
SELECT DISTINCT ON (app) app, service, period_end, active FROM server_samples
WHERE instance = :instance AND app IS NOT NULL AND period_end > :since
ORDER BY app, period_end DESC
"""
)


class SilenceWatch:
    """For how long each worker's heartbeat has stood still, by the monotonic clock of this process:
    when the clock of the database is set, all heartbeats are old at once.

    Whoever was silent itself, as all are after an outage of the store, or when a machine was
    suspended, judges nobody by silence.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since: dict[tuple[str, datetime], float] = {}
        self._beat_at = monotonic()

    def silent(self, heartbeats: Mapping[str, datetime]) -> set[str]:
        """The workers whose heartbeat is the same since `LONGEST_SILENCE`. Call it at each beat of
        the own one."""
        now, last_beat = self._monotonic(), self._beat_at
        before = {} if now - last_beat > REGULAR_BEAT else self._since
        self._beat_at = now
        self._since = {beat: before.get(beat, now) for beat in heartbeats.items()}
        return {
            instance for (instance, _), at in self._since.items() if now - at >= LONGEST_SILENCE
        }


def last_samples(
    connection: Connection, instance: str, heartbeat_at: datetime, now: datetime
) -> list[ServerSample]:
    """The samples that end the connections of a dead worker, an app each; none for apps without
    any. They end an interval after its own last one, or now."""
    values = {"instance": instance, "since": heartbeat_at - MARGIN}
    return [
        ServerSample(
            sample_id=uuid5(NAMESPACE_OID, f"{instance} {row.app}"),
            period_start=row.period_end,
            period_end=_end(row.period_end, now),
            received_at=now,
            service=row.service,
            instance=instance,
            app=row.app,
            closed={ENDED: row.active},
        )
        for row in connection.execute(LAST, values)
        if row.active
    ]


def restart(node: str, heartbeat_at: datetime, now: datetime) -> Event:
    """The event of a dead worker; workers of a node that died within a minute have the same one."""
    return _event(node, _end(heartbeat_at, now), RESTART, f"web workers killed on {node}")


def planned_restart(node: str, at: datetime) -> Event:
    """The event of a worker that stops in order, which is the same for all of its node."""
    return _event(node, at, PLANNED_RESTART, f"web workers stopped on {node}")


def _event(node: str, at: datetime, kind: str, title: str) -> Event:
    return Event(uuid5(NAMESPACE_OID, f"{kind} {node} {at:%Y-%m-%dT%H:%M%z}"), at, kind, title)


def _end(last_end: datetime, now: datetime) -> datetime:
    """Never before its last sample, even when the clock was set back meanwhile."""
    return max(min(last_end + INTERVAL, now), last_end + timedelta(milliseconds=1))
