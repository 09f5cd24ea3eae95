"""What the documents name exists: files, folders, settings, routes, commands, functions."""

import ast
import re
import shlex
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest
from flask import Flask

from dashboard.app import PAGES
from settings import CHECKOUT, Settings
from tests.support.source_tree import python_files

DOCUMENTS = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").glob("*.md")])
_code = re.compile(r"`([^`\n]+)`")
_link = re.compile(r"\]\(([^)#:]+?)(?:#[\w-]*)?\)")
_setting = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_route = re.compile(r"(?<!tests)/(?:api|admin|ws|demo|login|metrics|sdk)\b[\w/{}.-]*")
_stop = re.compile(r"`([\w/]+\.py):([\w.]+)`")

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@documents
def test_links_lead_somewhere(document: Path) -> None:
    links = _link.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@documents
def test_rows_of_tables_have_the_cells_of_their_head(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    tables = [list(rows) for is_row, rows in groupby(lines, lambda text: text[:1] == "|") if is_row]
    cells = [[_code.sub("", row).count("|") for row in table] for table in tables]
    assert [numbers for numbers in cells if len(set(numbers)) > 1] == []


@documents
def test_named_files_and_folders_exist(document: Path) -> None:
    floors = {path.name for path in CHECKOUT.iterdir() if path.is_dir()}
    named = [
        name.split()[0].split(":")[0]
        for name in _code.findall(document.read_text(encoding="utf-8"))
        if name.removeprefix("./").split("/")[0] in floors and "/" in name
    ]
    assert [name for name in named if not (CHECKOUT / name).exists()] == []


@documents
def test_named_settings_exist(document: Path) -> None:
    settings = {name.upper() for name in Settings.__dataclass_fields__}
    named = set(_setting.findall(document.read_text(encoding="utf-8")))
    assert named - settings - {f"{name}_FILE" for name in settings} == set()


@documents
def test_named_routes_exist(document: Path, app: Flask) -> None:
    pages = [page.address for page in PAGES]
    rules = [*pages, *(re.sub(r"<[^>]+>", "{}", rule.rule) for rule in app.url_map.iter_rules())]
    named = {
        re.sub(r"\{\w+\}", "{}", route).rstrip(".")
        for code in _code.findall(document.read_text(encoding="utf-8"))
        for route in _route.findall(code)
    }
    assert {route for route in named if not _is_served(route, rules)} == set()


@documents
def test_named_commands_exist_with_their_options(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lines = [*_code.findall(text), *(line.strip() for line in text.splitlines())]
    commands = {line.split("#")[0].strip() for line in lines if line.startswith("./scripts/")}
    for command in commands:
        program, *arguments = shlex.split(command)
        assert (CHECKOUT / program).exists(), command
        options = {word for word in arguments if word.startswith("--")}
        assert {option for option in options if f'"{option}"' not in _sources()} == set(), command


def test_every_stop_of_the_ways_is_code() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    stops = _stop.findall(text)
    assert len(stops) > 20
    assert [f"{path}:{name}" for path, name in stops if name not in _names_in(path)] == []


def test_a_way_has_at_most_twelve_stops() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    ways = text.split("\n### ")[1:]
    stops = {way.partition("\n")[0]: len(re.findall(r"^\d+\. `", way, re.M)) for way in ways}
    assert stops.keys() == {"A posted report", "A page question", "A WebSocket message", "An alert"}
    assert all(5 <= number <= 12 for number in stops.values()), stops


def test_every_folder_is_drawn() -> None:
    text = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    floors = ("models", "analytics", "ingest", "dashboard")
    rooms = {
        path.parent.name for floor in floors for path in (CHECKOUT / floor).glob("*/__init__.py")
    }
    assert {room for room in rooms if not re.search(rf"\b{room}\b", text)} == set()


def _is_served(route: str, rules: list[str]) -> bool:
    pattern = re.compile(re.escape(route).replace(r"\{\}", "[^/]+"))
    return any(
        pattern.fullmatch(rule)
        or rule.startswith(f"{route}/")
        or re.fullmatch(re.escape(rule).replace(r"\{\}", "[^/{}]+"), route)
        for rule in rules
    )


@cache
def _sources() -> str:
    """Everything the commands are made of."""
    paths = (*python_files("scripts"), CHECKOUT / "tests" / "conftest.py")
    return "".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def _names_in(path: str) -> set[str]:
    """Functions, classes and methods of a file: `flush`, `Metering`, `Metering.flush`."""
    names: set[str] = set()
    for node in ast.parse((CHECKOUT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (item for item in node.body if isinstance(item, ast.FunctionDef))
            names |= {f"{node.name}.{item.name}" for item in inner}
    return names
