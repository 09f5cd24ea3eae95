"""The answer to a plain post as bytes, head and body together: one system call for both."""

import re
import time
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from typing import Any

SERVER = "gunicorn"
_name = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_value = re.compile(r"[ \t\x21-\x7e\x80-\xff]*")  # section 5.5


class PlainResponse:
    """One answer. `status`, `headers` and `sent` (bytes of the body) are for the access log too."""

    __slots__ = ("headers", "sent", "status")

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.sent = 0

    def start(self, status: str, headers: Iterable[tuple[str, str]], _fault: Any = None) -> None:
        """WSGI's `start_response`. Nothing is sent before the body is there."""
        self.status, self.headers = status, [*headers]

    def encoded(self, body: bytes, connection: str) -> bytes:
        """All of it. Raises `ValueError` for what is no field of a head."""
        self.sent = len(body)
        fields = "".join([_field(name, value) for name, value in self.headers])
        head = (
            f"HTTP/1.1 {self.status}\r\nServer: {SERVER}\r\nDate: {_date(int(time.time()))}\r\n"
            f"Connection: {connection}\r\n{fields}\r\n"
        )
        return head.encode("latin-1") + body


@lru_cache(maxsize=1024)
def _field(name: str, value: str) -> str:
    if not _name.fullmatch(name) or not _value.fullmatch(value):
        raise ValueError(f"the header {name!r} has characters that no header may have")
    return f"{name}: {value}\r\n"


@lru_cache(maxsize=2)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
