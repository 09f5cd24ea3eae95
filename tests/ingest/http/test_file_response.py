"""A file as a response: all of it, in chunks, and closed whatever becomes of the client."""

import gzip
import io
from pathlib import Path

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from ingest.http import file_response
from ingest.http.file_response import CHUNK_BYTES, accepts_gzip


class BrokenFile(io.BytesIO):
    """A file whose disk fails after the first chunk."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError("the disk is broken")
        return super().read(size)


def test_all_of_a_large_file_is_sent_and_it_is_closed() -> None:
    content = bytes(range(256)) * 1000
    file = io.BytesIO(content)
    response = file_response.download(file, "a.csv", len(content), compressed=False)
    chunks = list(response.iter_encoded())
    assert (b"".join(chunks), len(chunks)) == (content, 4)
    assert max(map(len, chunks)) == CHUNK_BYTES
    assert file.closed


def test_a_client_that_leaves_early_leaves_no_file_open() -> None:
    file = io.BytesIO(b"x" * 3 * CHUNK_BYTES)
    response = file_response.download(file, "a.csv", 3 * CHUNK_BYTES, compressed=False)
    next(iter(response.response))
    response.close()
    assert file.closed


def test_a_file_that_fails_midway_is_closed_and_the_fault_is_raised() -> None:
    file = BrokenFile(b"x" * 2 * CHUNK_BYTES)
    response = file_response.download(file, "a.csv", 2 * CHUNK_BYTES, compressed=False)
    with pytest.raises(OSError, match="broken"):
        list(response.response)
    assert file.closed


def test_a_stored_gzip_file_is_sent_as_such_or_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\r\n"))
    packed = file_response.download(path.open("rb"), "a.csv", 30, compressed=True)
    assert gzip.decompress(packed.get_data()) == b"a,b\r\n"
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = file_response.download(file_response.unpacked(path), "a.csv", 5, compressed=False)
    assert plain.get_data() == b"a,b\r\n"
    assert (plain.headers["Content-Length"], plain.headers["Cache-Control"]) == ("5", "no-store")
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(
    ("header", "expected"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False),
     ("", False)],
)  # fmt: skip
def test_gzip_is_sent_to_those_who_accept_it(header: str, expected: bool) -> None:
    builder = EnvironBuilder(headers=[("Accept-Encoding", header)])
    assert accepts_gzip(Request(builder.get_environ())) is expected
