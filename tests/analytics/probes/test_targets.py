"""Targets: our own endpoint and those that a setting names, and nothing else."""

from pathlib import Path

import pytest

from analytics.probes.targets import OWN, NoSuchTarget, target_named, targets_of
from settings import Settings
from settings_readers import SettingsError


def test_our_own_endpoint_is_where_people_reach_it(tmp_path: Path) -> None:
    for fields, url in (
        ({}, "ws://127.0.0.1:8050/ws/echo"),
        ({"host": "0.0.0.0", "port": 80}, "ws://127.0.0.1:80/ws/echo"),
        ({"host": "::1"}, "ws://[::1]:8050/ws/echo"),
        ({"public_url": "https://m.example.com"}, "wss://m.example.com/ws/echo"),
    ):
        (own,) = targets_of(Settings(data_dir=tmp_path, **fields))
        assert (own.name, own.url, own.is_own) == (OWN, url, True)
        assert own.address("probe") == f"{url}?app=probe"


def test_only_named_targets_exist(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {"TEST_TARGETS": "chat=wss://chat.example.com/x?y=1, b=ws://b:9", "DATA_DIR": str(tmp_path)}
    )
    chat = target_named(settings, "chat")
    assert (chat.address("probe"), chat.path) == ("wss://chat.example.com/x?y=1", "/x")
    assert target_named(settings, "b").path == "/"
    for name in ("", "wss://chat.example.com/x", "own "):
        with pytest.raises(NoSuchTarget):
            target_named(settings, name)


@pytest.mark.parametrize(
    "text",
    ["chat", "chat=http://x", "own=ws://x", "a=ws://x,a=ws://y", "a=ws://u:p@x", "a=ws://:x",
     "<b>=ws://x", "a=ws://x#y", "=ws://x", ",".join(f"n{n}=ws://x" for n in range(21))],
)  # fmt: skip
def test_what_is_no_target_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match="TEST_TARGETS"):
        Settings.from_environment({"TEST_TARGETS": text})
