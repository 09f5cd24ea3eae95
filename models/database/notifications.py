"""Messages between processes over PostgreSQL's LISTEN/NOTIFY, without a broker.

A notification holds less than 8000 bytes and equal ones of a transaction are delivered once
(PostgreSQL, "NOTIFY"), so a batch is cut into numbered parts. The parts of a transaction arrive in
order, without others in between.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2
from gevent.socket import wait_read
from psycopg2.extensions import connection
from sqlalchemy.engine import make_url

PART_CHARACTERS = 1900  # of at most four bytes each
KEEPALIVE: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}


class NotificationLine:
    """A connection that sends on a channel, or with `listening` receives. Raises `OSError`."""

    def __init__(self, url: str, channel: str, *, listening: bool) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._listening = listening
        self._connection: connection | None = None
        self._parts: list[str] = []

    def connect(self) -> None:
        """Open the connection, and listen if so configured."""
        with _faults_as_os_errors():
            opened = psycopg2.connect(
                self._url, connect_timeout=2, application_name="wsmon-bus", **KEEPALIVE
            )
            opened.autocommit = True
            self._connection = opened
            self._parts.clear()
            if self._listening:
                self._execute(f'LISTEN "{self._channel}"')

    def send(self, batch: Sequence[bytes]) -> None:
        """Send JSON texts, in order, in one transaction."""
        parts = cut(b"\n".join(batch).decode("utf-8"))
        with _faults_as_os_errors():
            self._execute(
                "SELECT pg_notify(%s, part) FROM unnest(%s) AS part", self._channel, parts
            )

    def read(self) -> list[bytes]:
        """Wait for notifications; the JSON texts of complete batches, possibly none."""
        opened = self._open()
        with _faults_as_os_errors():
            if not opened.notifies:
                wait_read(opened.fileno())
                opened.poll()
            texts = [text for note in opened.notifies if (text := self._joined(note.payload))]
            opened.notifies.clear()
        return [line for text in texts for line in text.encode("utf-8").split(b"\n")]

    def hang_up(self) -> None:
        """Close; never raises."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> connection:
        if self._connection is None:
            raise ConnectionError("not connected")
        return self._connection

    def _execute(self, statement: str, *values: object) -> None:
        with self._open().cursor() as cursor:
            cursor.execute(statement, values)

    def _joined(self, payload: str) -> str | None:
        """The text of a batch with its last part; one whose first part was missed is dropped."""
        number, of, part = payload.split(" ", 2)
        if int(number) != len(self._parts):
            self._parts.clear()
            return None
        self._parts.append(part)
        if int(number) + 1 < int(of):
            return None
        text = "".join(self._parts)
        self._parts.clear()
        return text


def cut(text: str) -> list[str]:
    """Payloads `number of part`, each within the bounds of a notification."""
    starts = range(0, len(text), PART_CHARACTERS)
    parts = [text[start : start + PART_CHARACTERS] for start in starts]
    return [f"{number} {len(parts)} {part}" for number, part in enumerate(parts)]


@contextmanager
def _faults_as_os_errors() -> Iterator[None]:
    try:
        yield
    except psycopg2.Error as fault:
        raise ConnectionError(str(fault).strip()) from fault
