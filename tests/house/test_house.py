"""The house rules, checked: layers, types, style, and the settings' own table."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from settings import CHECKOUT

LONGEST_FILE = 300
ROOMS = ("analytics", "dashboard", "ingest", "migrations", "models", "scripts", "tests")


def sources() -> list[Path]:
    return [path for room in ROOMS for path in (CHECKOUT / room).rglob("*.py")]


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "ruff", "check", "--no-cache", "."),
        ("-m", "ruff", "format", "--no-cache", "--check", "."),
        ("-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"),
    ],
    ids=["ruff", "format", "layers"],
)
def test_the_tools_are_content(command: tuple[str, ...]) -> None:
    said = run(*command)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.timeout(300)
def test_the_types_are_right(tmp_path: Path) -> None:
    said = run("-m", "mypy", "--cache-dir", str(tmp_path))
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_settings_know_nothing_of_ours() -> None:
    tree = ast.parse((CHECKOUT / "settings.py").read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.split(".")[0] for name in names if name} & {*ROOMS, "wsgi"}


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        f"{path}:{inner.lineno}"
        for path in sources()
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_file_has_outgrown_its_subject() -> None:
    long = [path for path in sources() if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert long == []


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
