"""A list of names stands once: whoever needs it imports it."""

import ast
from collections import defaultdict
from pathlib import Path

from settings import CHECKOUT
from tests.support.source_tree import FLOORS, python_files

LEAST = 3  # shorter lists meet by chance
# Lists that say different things and happen to hold the same names.
BY_CHANCE = {
    ("app", "dimension", "value"),  # the key of a table, columns of an export
    ("attempts", "opened", "failed", "drops"),  # integer columns, counts of a chart's points
}
Names = tuple[str, ...]


def test_no_list_of_names_stands_in_two_modules() -> None:
    modules: dict[Names, set[str]] = defaultdict(set)
    for path in python_files(*FLOORS):
        for names in lists_of_names(path):
            modules[names].add(str(path.relative_to(CHECKOUT)))
    repeated = {names: where for names, where in modules.items() if len(where) > 1}
    assert {names: where for names, where in repeated.items() if names not in BY_CHANCE} == {}


def test_lists_of_names_are_recognised(tmp_path: Path) -> None:
    source = tmp_path / "sample.py"
    source.write_text("A = ('x', 'y', 'z')\nB = {'x', 'y'}\nC = ['x', 'y', B]\n")
    assert lists_of_names(source) == [("x", "y", "z")]


def lists_of_names(path: Path) -> list[Names]:
    """Literal tuples, lists and sets of strings alone, of at least `LEAST`."""
    literals = (
        [element.value for element in node.elts if isinstance(element, ast.Constant)]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple | ast.List | ast.Set)
        and all(isinstance(element, ast.Constant) for element in node.elts)
    )
    names = (tuple(value for value in values if isinstance(value, str)) for values in literals)
    return [strings for strings in names if len(strings) >= LEAST]
