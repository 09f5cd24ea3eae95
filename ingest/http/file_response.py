"""A file as a response, streamed in chunks with Content-Length; gzip files are sent as stored."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from flask import Request, Response

CHUNK_BYTES = 64 * 1024


class Readable(Protocol):
    """A binary stream."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


def accepts_gzip(request: Request) -> bool:
    """Whether the client accepts gzip."""
    return request.accept_encodings.quality("gzip") > 0


def unpacked(path: Path) -> Readable:
    """A gzip file as a stream of its decompressed content."""
    return gzip.open(path)


def download(file: Readable, name: str, length: int, *, compressed: bool) -> Response:
    """The file as the CSV attachment `name`; it is closed in every case."""
    response = Response(_chunks(file), content_type="text/csv; charset=utf-8")
    response.headers["Content-Length"] = str(length)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.call_on_close(file.close)
    return response


def _chunks(file: Readable) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
    finally:
        file.close()
