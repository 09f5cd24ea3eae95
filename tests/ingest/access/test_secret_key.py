"""The key that signs cookies is made once, readable by its owner alone, and agreed on by all."""

import importlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest

from ingest.access.secret_key import secret_key
from settings import Settings


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "folder")
    first = secret_key(settings)
    assert (len(first), secret_key(settings)) == (64, first)
    mode = (settings.data_dir / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    keys = {secret_key(Settings(data_dir=tmp_path / name)) for name in ("a", "b")}
    assert len(keys) == 2


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as executor:
        keys = set(executor.map(lambda _: secret_key(settings), range(32)))
    assert len(keys) == 1


def test_a_key_of_the_settings_is_not_written_down(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key="k" * 40)
    assert secret_key(settings) == "k" * 40
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_another_process_is_writing_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.touch()
    writer = Timer(0.03, path.write_text, ["w" * 64])
    writer.start()
    assert secret_key(Settings(data_dir=tmp_path)) == "w" * 64
    writer.join()


@pytest.mark.parametrize("content", ["", "short", " \n"])
def test_a_damaged_key_stops_the_start(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("ingest.access.secret_key")  # the name is the function's too
    monkeypatch.setattr(module, "WAIT_SECONDS", 0)
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(OSError, match="is damaged: remove it"):
        secret_key(Settings(data_dir=tmp_path))
    assert (tmp_path / "secret_key").read_text() == content
