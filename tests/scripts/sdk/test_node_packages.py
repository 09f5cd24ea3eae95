"""npm packages are those of the lock file, which names no place they come from."""

import json
from pathlib import Path

import pytest

from scripts.assets.charts import build_command
from scripts.sdk import node_packages


def test_an_installed_package_has_the_version_of_the_lock() -> None:
    lock = json.loads((node_packages.LISTS / node_packages.LOCK).read_text())
    installed = node_packages.install() / "node_modules" / "esbuild" / "package.json"
    version = lock["packages"]["node_modules/esbuild"]["version"]
    assert json.loads(installed.read_text())["version"] == version


def test_a_script_requires_packages_by_name() -> None:
    assert node_packages.run(["-p", "require('ws').WebSocketServer.name"]) == "WebSocketServer\n"


@pytest.mark.parametrize("lists", [node_packages.LISTS, build_command.LISTS])
def test_every_package_is_pinned(lists: Path) -> None:
    lock = json.loads((lists / node_packages.LOCK).read_text())
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
    ranges = json.loads((lists / "package.json").read_text())["dependencies"]
    assert all(version[0].isdigit() for version in ranges.values())
