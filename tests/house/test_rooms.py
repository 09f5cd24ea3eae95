"""The laws of the folders: small, without circles, each with tests that stand where it stands."""

import ast
from collections import Counter
from graphlib import TopologicalSorter

from settings import CHECKOUT
from tests.support.source_tree import (
    FLOORS,
    import_graph,
    imports_of,
    is_package,
    modules,
    python_files,
    room_of,
)

LARGEST_ROOM = 15  # modules, beside `__init__`


def test_no_folder_is_crowded() -> None:
    sizes = Counter(room_of(module) for module in modules((*FLOORS, "tests")))
    assert {room: size for room, size in sizes.items() if size > LARGEST_ROOM} == {}


def test_no_circle_joins_two_folders() -> None:
    below: dict[str, set[str]] = {}
    for module in import_graph().modules:
        rooms = {room_of(imported) for imported in imports_of(module)}
        below.setdefault(room_of(module), set()).update(rooms - {room_of(module)})
    assert list(TopologicalSorter(below).static_order())  # raises CycleError with the circle


def test_whatever_registers_itself_takes_an_application_and_its_services() -> None:
    signatures = {
        f"{path.relative_to(CHECKOUT)}:{node.lineno}": [
            each.arg.lstrip("_") for each in node.args.args if each.arg != "self"
        ]
        for floor in ("ingest", "dashboard")
        for path in python_files(floor)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "register"
    }
    others = {where for where, names in signatures.items() if names != ["app", "services"]}
    # A type of messages is no part of an application.
    assert {where.split(":")[0] for where in others} == {"ingest/sockets/rooms/messages.py"}
    assert len(signatures) > 20


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    others = {"sdk", "agents", "journeys", "house", "support"}
    rooms = {room_of(module) for module in modules(("tests",))} - {"tests"}
    mirrored = {room.removeprefix("tests.") for room in rooms if room.split(".")[1] not in others}
    assert {room for room in mirrored if not is_package(room)} == set()


def test_every_module_is_imported_by_a_test_of_its_room() -> None:
    covered = _covered()
    assert [module for module in modules() if module not in covered] == []


def _covered() -> set[str]:
    """Modules that a test of the same room, or of a room around it, imports: itself, or by way of
    another module of that room."""
    covered: set[str] = set()
    for test in modules(("tests",)):
        tested_room = room_of(test).removeprefix("tests.")
        waiting = [m for m in imports_of(test) if f"{m}.".startswith(f"{tested_room}.")]
        while waiting:
            module = waiting.pop()
            if module not in covered:
                covered.add(module)
                waiting += [
                    other for other in imports_of(module) if room_of(other) == room_of(module)
                ]
    return covered
