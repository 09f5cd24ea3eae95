"""SQL is written in `models` alone: nowhere else does a text of a statement stand."""

import ast
import re
from pathlib import Path

import pytest

from models.tables import metadata
from settings import CHECKOUT
from tests.support.source_tree import FLOORS, python_files

_statement = re.compile(
    r"\s*(SELECT\b.+\bFROM\b|INSERT INTO\b|UPDATE\b.+\bSET\b|DELETE FROM\b"
    r"|WITH\b.+\bAS \(|(CREATE|DROP|ALTER) (TABLE|INDEX|VIEW|DATABASE|ROLE)\b)",
    re.DOTALL,
)
_cells = re.compile(r"(client|server|worker|session)(_\w+)?_(minutes|hours|days)")


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


def test_tables_of_rollups_are_named_where_cells_are_made_and_where_the_engine_reads() -> None:
    cells = {name for name in metadata.tables if _cells.fullmatch(name)}
    assert len(cells) > 12
    rooms = ("models/rollups/", "models/queries/", "analytics/rollups/")
    naming = {
        str(path.relative_to(CHECKOUT))
        for path in python_files(*FLOORS)
        if cells & set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    }
    assert {path for path in naming if not path.startswith(rooms)} == {
        "models/tables.py",
        "analytics/exports/datasets.py",  # copies of stored cells, see docs/architecture.md
        "scripts/bench/store.py",  # their size
    }


def test_a_statement_is_recognised() -> None:
    assert statements(CHECKOUT / "models" / "alerts" / "deliveries.py")
