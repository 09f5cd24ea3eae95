"""An answer is what gunicorn would send, byte for byte but for its date."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.wsgi import Response

from ingest.worker.plain_response import PlainResponse

HEADERS = [
    ("Content-Type", "application/json"), ("Vary", "Origin"),
    ("Access-Control-Allow-Origin", "https://caf\xe9.example"), ("Retry-After", "5"),
    ("Content-Length", "4"),
]  # fmt: skip


class Wire:
    """What is sent."""

    def __init__(self) -> None:
        self.sent = b""

    def sendall(self, sent: bytes) -> None:
        self.sent += sent


def by_gunicorn(status: str, headers: list[tuple[str, str]], body: bytes, *, goes_on: bool) -> Any:
    wire = Wire()
    request = SimpleNamespace(method="POST", version=(1, 1), should_close=lambda: not goes_on)
    response = Response(request, wire, Config())
    response.start_response(status, headers)
    response.write(body)
    response.close()
    return wire.sent


def without_date(sent: bytes) -> bytes:
    return re.sub(rb"Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", b"Date:", sent)


@pytest.mark.parametrize("status", ["201 Created", "429 Too Many Requests"])
@pytest.mark.parametrize("goes_on", [True, False])
def test_it_is_what_gunicorn_sends(status: str, goes_on: bool) -> None:
    response = PlainResponse()
    response.start(status, HEADERS)
    encoded = response.encoded(b"{..}", "keep-alive" if goes_on else "close")
    expected = by_gunicorn(status, HEADERS, b"{..}", goes_on=goes_on)
    assert without_date(encoded) == without_date(expected)
    assert response.sent == 4


@pytest.mark.parametrize("header", [("X", "a\r\nSet-Cookie: b"), ("X\n", "a"), ("X", "\u20ac")])
def test_no_header_adds_another(header: tuple[str, str]) -> None:
    response = PlainResponse()
    response.start("201 Created", [header])
    with pytest.raises(ValueError, match="no header"):
        response.encoded(b"", "close")
