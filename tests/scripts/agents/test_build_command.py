"""The wheel of the server agent: the same bytes each time, and those that are committed."""

import base64
import csv
import hashlib
import io
import zipfile

from ingest.site import agents
from scripts.agents import build_command, wheel


def test_the_committed_wheel_is_that_of_the_sources() -> None:
    assert agents.wheels()[build_command.name()] == build_command.built()


def test_the_record_names_every_file_with_its_digest() -> None:
    content = wheel.wheel("a-b", "1.2.3", "x", "3.9", {"a_b/__init__.py": b"x = 1\n"})
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        names = file.namelist()
        rows = list(csv.reader(io.StringIO(file.read("a_b-1.2.3.dist-info/RECORD").decode())))
        assert [row[0] for row in rows] == names
        for name, digest, size in rows[:-1]:
            data = file.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            assert (digest, int(size)) == (f"sha256={expected.decode()}", len(data))
        assert "Requires-Python: >=3.9" in file.read("a_b-1.2.3.dist-info/METADATA").decode()


def test_two_builds_are_equal() -> None:
    files = wheel.sources(build_command.PACKAGE)
    assert "wsmon_agent/py.typed" in files
    assert build_command.built() == build_command.built()
