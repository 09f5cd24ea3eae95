"""Creating the environment: what happens when an installer fails."""

import os
import subprocess
from pathlib import Path

import pytest

from scripts import bootstrap


def program(path: Path, status: int) -> Path:
    """A program that writes its arguments to a file beside itself and exits with `status`."""
    path.write_text(f'#!/bin/sh\necho "$@" > {path}.arguments\nexit {status}\n')
    path.chmod(0o755)
    return path


def recorded_arguments(path: Path) -> str:
    return Path(f"{path}.arguments").read_text()


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    return tmp_path / "pinned.txt"


def test_uv_installs_where_it_can(tmp_path: Path, pinned: Path) -> None:
    uv, python = program(tmp_path / "uv", 0), program(tmp_path / "python", 1)
    bootstrap.install(str(uv), python, [pinned])
    assert recorded_arguments(uv).split() == [
        "pip",
        "install",
        "--python",
        str(python),
        "-r",
        str(pinned),
    ]


def test_pip_installs_where_uv_cannot(tmp_path: Path, pinned: Path) -> None:
    uv, python = program(tmp_path / "uv", 2), program(tmp_path / "python", 0)
    program(tmp_path / "pip", 0)
    bootstrap.install(str(uv), python, [pinned])
    assert recorded_arguments(python).split()[:3] == ["-m", "pip", "install"]


@pytest.mark.parametrize("has_pip", [True, False])
def test_the_last_failure_is_raised(tmp_path: Path, pinned: Path, has_pip: bool) -> None:
    uv, python = program(tmp_path / "uv", 2), program(tmp_path / "python", 1)
    if has_pip:
        program(tmp_path / "pip", 0)
    with pytest.raises(subprocess.CalledProcessError):
        bootstrap.install(str(uv), python, [pinned])


def test_a_server_has_the_sdk_of_opentelemetry_where_a_receiver_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    monkeypatch.delenv(bootstrap.OTLP, raising=False)
    assert bootstrap.purpose_of_server() == "runtime"
    (tmp_path / ".env").write_text(f"{bootstrap.OTLP}=http://127.0.0.1:4318\n")
    assert bootstrap.purpose_of_server() == "otlp"
    (tmp_path / ".env").unlink()
    monkeypatch.setenv(bootstrap.OTLP, "http://127.0.0.1:4318")
    assert bootstrap.purpose_of_server() == "otlp"


def test_matrix_products_have_a_single_thread_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path / "python", 0)
    monkeypatch.setattr(bootstrap, "environment", lambda _: tmp_path / "python")
    started: list[str] = []
    monkeypatch.setattr(os, "execv", lambda *_: started.append(os.environ[bootstrap.BLAS_THREADS]))
    monkeypatch.setenv("PYTHONPATH", "")
    for before in ("", "4"):
        monkeypatch.delenv(bootstrap.BLAS_THREADS, raising=False)
        if before:
            monkeypatch.setenv(bootstrap.BLAS_THREADS, before)
        bootstrap.main("runtime", "scripts.accounts_command", [])
    assert started == ["1", "4"]
