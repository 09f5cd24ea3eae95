"""`scripts/test`: how many workers, and which programs are missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import run_tests


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs; empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def add(programs: Path, name: str, script: str = "exit 0") -> None:
    (programs / name).write_text(f"#!/bin/sh\n{script}\n")
    (programs / name).chmod(0o755)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], False),
        (["tests/models", "-k", "n"], False),
        (["-n", "1"], True),
        (["-n4"], True),
        (["--numprocesses=2"], True),
        (["--pdb"], True),
        (["-p", "no:xdist"], True),
    ],
)
def test_an_own_number_of_workers_is_respected(arguments: list[str], expected: bool) -> None:
    assert run_tests._chooses_workers(arguments) is expected


def test_a_child_process_stores_its_compiled_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dont_write_bytecode", "pycache_prefix"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    run_tests.keep_bytecode(tmp_path / "bytecode")
    (tmp_path / "module.py").write_text("")
    subprocess.run([sys.executable, "-c", "import module"], cwd=tmp_path, check=True)
    assert list(tmp_path.glob("bytecode/**/module.*.pyc"))


def test_a_missing_program_is_named_by_its_package(programs: Path) -> None:
    add(programs, "chromium-browser")
    add(programs, "redis-server")
    assert run_tests.missing_packages(is_deep=False) == ["prometheus"]
    add(programs, "promtool")
    assert run_tests.missing_packages(is_deep=False) == []


def test_the_deep_tests_need_further_browsers_and_a_clock_to_set(programs: Path) -> None:
    for name in ("chromium", "redis-server", "promtool", "Xvfb"):
        add(programs, name)
    assert run_tests.missing_packages(is_deep=True) == [
        "firefox-esr", "webkit2gtk-driver", "faketime",
    ]  # fmt: skip


def test_without_apt_the_command_is_printed(
    programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_tests.install(["redis-server", "prometheus"])
    output = capsys.readouterr().err
    assert "tests that need redis-server prometheus will fail" in output
    assert "apt-get install redis-server prometheus" in output


@pytest.mark.skipif(os.getuid() != 0, reason="only root installs")
def test_root_installs_what_is_missing_without_questions(programs: Path) -> None:
    add(programs, "apt-get", f'echo "$DEBIAN_FRONTEND $@" >> {programs}/calls')
    run_tests.install(["redis-server"])
    assert (programs / "calls").read_text().splitlines() == [
        "noninteractive -q update",
        "noninteractive -q install -y --no-install-recommends redis-server",
    ]
