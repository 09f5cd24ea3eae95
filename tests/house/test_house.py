"""Rules of the code base: import layers, types, style, file length."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from settings import CHECKOUT

LONGEST_FILE = 300
TYPES = Path(sys.prefix) / "mypy-cache"  # of the libraries above all: 20 s of CPU without it
FOLDERS = ("analytics", "dashboard", "ingest", "migrations", "models", "scripts", "tests")


def sources() -> list[Path]:
    in_rooms = [path for room in FOLDERS for path in (CHECKOUT / room).rglob("*.py")]
    return [*in_rooms, *CHECKOUT.glob("*.py")]


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "ruff", "check", "--no-cache", "."),
        ("-m", "ruff", "format", "--no-cache", "--check", "."),
        ("-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"),
    ],
    ids=["ruff", "format", "layers"],
)
def test_linters_pass(command: tuple[str, ...]) -> None:
    completed = run(*command)
    assert completed.returncode == 0, completed.stdout + completed.stderr


@pytest.mark.timeout(300)
def test_types_check() -> None:
    completed = run("-m", "mypy", "--cache-dir", str(TYPES))
    assert completed.returncode == 0, completed.stdout + completed.stderr


def test_settings_import_nothing_of_ours() -> None:
    tree = ast.parse((CHECKOUT / "settings.py").read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names if name} & {*FOLDERS, "wsgi"}


def test_no_import_inside_a_function() -> None:
    hidden = [
        f"{path}:{inner.lineno}"
        for path in sources()
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_file_exceeds_the_line_limit() -> None:
    long = [path for path in sources() if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert long == []


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
