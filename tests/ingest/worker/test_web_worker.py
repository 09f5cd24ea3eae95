"""Posts beside everything else on one connection: each is answered once, in order."""

import json
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from ingest.worker.web_worker import WebWorker
from tests.support.servers.running_server import RunningServer
from tests.support.store.postgres import autocommit_cursor

JSON = b"Content-Type: application/json\r\n"
LINE = b"POST /api/ws/client-metrics HTTP/1.1\r\nHost: x\r\n"
LIVE = b"GET /api/ws/health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def sock(live_server: RunningServer) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", live_server.port), timeout=20) as sock:
        yield sock


def report() -> tuple[str, bytes]:
    """A new report: its id and its body."""
    report_id, now = str(uuid4()), datetime.now(UTC).isoformat()
    ids = {"report_id": report_id, "session_id": str(uuid4())}
    return report_id, json.dumps({**ids, "period_start": now, "period_end": now}).encode()


def post(body: bytes, fields: bytes = b"") -> bytes:
    return LINE + JSON + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body


def responses(sock: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """The next responses of a connection; fewer when it ends before."""
    received, complete = b"", list[tuple[int, bytes]]()
    while len(complete) < count:
        head, separator, body = received.partition(b"\r\n\r\n")
        length = sum(map(int, re.findall(rb"(?i)content-length: (\d+)", head)))
        if separator and len(body) >= length:
            complete.append((int(head.split()[1]), body[:length]))
            received = body[length:]
        elif more := sock.recv(65536):
            received += more
        else:
            break
    return complete


def stored(server: RunningServer, ids: list[str]) -> list[str]:
    """Those of the reports that are stored, each as often as it is."""
    with autocommit_cursor(server.database_url) as cursor:
        cursor.execute(
            "SELECT report_id::text FROM client_reports WHERE report_id::text = ANY(%s)", (ids,)
        )
        return [row[0] for row in cursor.fetchall()]


def test_posts_and_other_requests_take_turns(
    live_server: RunningServer, sock: socket.socket
) -> None:
    """Pipelined, in pieces, chunked: whoever reads one, the next begins where it ended."""
    assert WebWorker.__name__ in live_server.log.read_text()
    ids, bodies = zip(*(report() for _ in range(6)), strict=True)
    chunked = LINE + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
    chunked += b"%x\r\n%s\r\n0\r\n\r\n" % (len(bodies[2]), bodies[2])
    waiting = post(bodies[3], b"Expect: 100-continue\r\n")
    wire = post(bodies[0]) + LIVE + post(bodies[1]) + chunked + waiting + post(bodies[4]) + LIVE
    for piece in (wire[:700], wire[700:1111], wire[1111:]):
        sock.sendall(piece)
    statuses = [status for status, _ in responses(sock, 8)]
    assert statuses == [201, 200, 201, 201, 100, 201, 201, 200]
    sock.sendall(post(bodies[5], b"Connection: close\r\n"))
    assert [status for status, _ in responses(sock, 2)] == [201]
    assert sorted(stored(live_server, [*ids])) == sorted(ids)


@pytest.mark.parametrize(
    "framing",
    [
        b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
        b"Content-Length: 4\r\n", b"Transfer-Encoding : chunked\r\n", b"Content-Length : 4\r\n",
        b" Content-Length: 4\r\n", b"X: y\nContent-Length: 4\r\n",
    ],
)  # fmt: skip
def test_a_body_of_two_lengths_ends_the_connection(
    live_server: RunningServer, sock: socket.socket, framing: bytes
) -> None:
    """Also after a plain post: what a proxy took for a body is never read as a request."""
    (first, body), (smuggled, inner) = report(), report()
    sock.sendall(post(body) + post(b"0\r\n\r\n" + post(inner), framing))
    statuses = [status for status, _ in responses(sock, 9)]
    assert statuses == [201, 400]
    assert stored(live_server, [first, smuggled]) == [first]


def test_a_gzipped_body_is_refused_as_before(sock: socket.socket) -> None:
    sock.sendall(post(b"\x1f\x8b\x08\x00", b"Content-Encoding: gzip\r\n") + LIVE)
    assert [status for status, _ in responses(sock, 2)] == [400, 200]


def test_a_post_without_a_body_and_an_image(sock: socket.socket) -> None:
    sock.sendall(post(b"") + LINE + b"Content-Type: image/png\r\nContent-Length: 1\r\n\r\n{" + LIVE)
    received = responses(sock, 3)
    assert [status for status, _ in received] == [400, 415, 200]
    assert json.loads(received[1][1])["detail"] == (
        "Send application/json, or text/plain from a beacon."
    )
