"""A file as an answer, in pieces and with its length; `gzip` goes out as it lies."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from flask import Request, Response

PIECE_BYTES = 64 * 1024


class Readable(Protocol):
    """What pieces are read from."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def takes_gzip(request: Request) -> bool:
    """Whether the client said that it reads gzip."""
    return request.accept_encodings.quality("gzip") > 0


def unpacked(path: Path) -> Readable:
    """The text of a gzip file."""
    return gzip.open(path)


def download(file: Readable, name: str, length: int, *, compressed: bool) -> Response:
    """The file as the CSV called `name`; it is closed at the end, whatever the end is."""
    response = Response(_pieces(file), content_type="text/csv; charset=utf-8")
    response.headers["Content-Length"] = str(length)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.call_on_close(file.close)
    return response


def _pieces(file: Readable) -> Iterator[bytes]:
    try:
        while piece := file.read(PIECE_BYTES):
            yield piece
    finally:
        file.close()
