"""SQL is written in `models` alone: nowhere else does a text of a statement stand."""

import ast
import re
from pathlib import Path

import pytest

from settings import CHECKOUT
from tests.support.source_tree import python_files

_statement = re.compile(
    r"\s*(SELECT\b.+\bFROM\b|INSERT INTO\b|UPDATE\b.+\bSET\b|DELETE FROM\b"
    r"|WITH\b.+\bAS \(|(CREATE|DROP|ALTER) (TABLE|INDEX|VIEW|DATABASE|ROLE)\b)",
    re.DOTALL,
)


def statements(path: Path) -> list[str]:
    """Texts in a file that begin like a statement, with their lines."""
    return [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _statement.match(node.value)
    ]


@pytest.mark.parametrize("floor", ["analytics", "ingest", "dashboard", "scripts"])
def test_no_statement_stands_outside_models(floor: str) -> None:
    benches = CHECKOUT / "scripts" / "bench"  # they ask the same in plain SQL, to compare
    files = [path for path in python_files(floor) if benches not in path.parents]
    assert [line for path in files for line in statements(path)] == []


def test_a_statement_is_recognised() -> None:
    assert statements(CHECKOUT / "models" / "alerts" / "deliveries.py")
