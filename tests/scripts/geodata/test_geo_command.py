"""`scripts/geo`: what it says of a file, and what it refuses."""

from datetime import timedelta
from pathlib import Path

import pytest

from scripts.geodata import geo_command
from tests.support.mmdb import BUILT, mmdb


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("GEOIP_DATABASE", raising=False)
    networks = {"8.8.8.0/24": {"country_code": "US"}}
    return mmdb(tmp_path / "mine.mmdb", networks, "country ipv4", ip_version=4)


def test_a_file_is_taken_into_use_and_described(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = ("--origin", "Maps & Co", "--link", "https://maps.example")
    now = BUILT + timedelta(days=400)
    assert geo_command.main(["update", str(file), *origin], now) == 0
    assert geo_command.main(["status"], now) == 0
    for text in capsys.readouterr().out.split("In use: running workers"):
        assert "Maps & Co, https://maps.example (country ipv4)" in text or "take it up" in text
        assert "1 network" in text
        assert "8.8.8.8                   United States" in text
        assert "2001:4860:4860::8888      Unknown country" in text
        assert "IPv4 alone" in text
        assert "13 months old" in text


def test_a_file_that_names_no_maker_asks_for_it(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert geo_command.main(["update", str(file)]) == 0
    assert "--origin and --link" in capsys.readouterr().out


def test_what_cannot_be_used_is_refused_and_nothing_changes(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert geo_command.main(["update", str(file.with_name("none.mmdb"))]) == 1
    monkeypatch.setenv("GEOIP_DATABASE", str(file))
    assert geo_command.main(["update", str(file)]) == 1
    assert not (file.parent / "geo").exists()
    missing, own = capsys.readouterr().err.splitlines()
    assert missing.endswith("none.mmdb cannot be read: No such file or directory.")
    assert "comes first" in own
