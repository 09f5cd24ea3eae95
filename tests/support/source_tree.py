"""The source tree as data: which module lies in which room, and which imports which."""

from functools import cache
from pathlib import Path

import grimp

from settings import CHECKOUT

FLOORS = ("models", "analytics", "ingest", "dashboard", "scripts")


@cache
def import_graph() -> grimp.ImportGraph:
    """Who imports whom, of the floors and the tests, directly."""
    graph: grimp.ImportGraph = grimp.build_graph(*FLOORS, "tests", cache_dir=None)
    return graph


def is_package(module: str) -> bool:
    """Whether the module is a folder's `__init__`."""
    return (CHECKOUT / Path(*module.split("."))).is_dir()


def room_of(module: str) -> str:
    """The folder a module lies in, dotted: `models.raw` of `models.raw.sessions`."""
    return module if is_package(module) else module.rpartition(".")[0]


def modules(floors: tuple[str, ...] = FLOORS) -> list[str]:
    """All modules of the floors but the folders' own."""
    return sorted(
        module
        for module in import_graph().modules
        if module.split(".")[0] in floors and not is_package(module)
    )


def imports_of(module: str) -> set[str]:
    """The modules that `module` imports directly."""
    return import_graph().find_modules_directly_imported_by(module)


def python_files(*folders: str) -> list[Path]:
    """The Python files in these folders of the checkout, and below."""
    return sorted(path for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))
