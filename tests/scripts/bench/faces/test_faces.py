"""The bench of the agent's faces names programs that are there, and runs through."""

import os
import sys
from pathlib import Path

import pytest

from scripts.bench.faces import __main__, serving


def test_every_face_has_a_program() -> None:
    programs = {path.stem for path in serving.PROGRAMS.glob("*.py")}
    for parts in serving.FACES.values():
        assert programs & {part.removesuffix(":app") for part in parts}
    assert (serving.AGENT / "wsmon_agent").is_dir()


def test_a_run_compares_with_the_bare_server(capsys: pytest.CaptureFixture[str]) -> None:
    cores = os.sched_getaffinity(0)
    small = ["--rounds", "2", "--bursts", "200", "--connections", "2", "--idle", "2"]
    try:
        assert __main__.main([str(Path(sys.executable)), "websockets", *small]) == 0
    finally:
        os.sched_setaffinity(0, cores)
    assert "by processor time" in capsys.readouterr().out
