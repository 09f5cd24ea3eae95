"""Order of the test files: xdist hands them out one by one, so long ones at the end idle a core."""

import subprocess
from collections.abc import Iterable
from types import ModuleType

import pytest

from tests.support.servers import running_server

PROCESS_FIXTURES = frozenset({"live_server", "chromium"})


def longest_first(items: list[pytest.Item]) -> None:
    """Sort in place: files that start processes, then those with a database, then pure ones.

    The order within a file stays.
    """
    files: dict[object, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    items[:] = [item for file in sorted(files.values(), key=_rank) for item in file]


def _rank(items: list[pytest.Item]) -> tuple[int, int]:
    fixtures = {name for item in items for name in getattr(item, "fixturenames", ())}
    module = getattr(items[0], "module", None)
    if fixtures & PROCESS_FIXTURES or (module and starts_processes(module)):
        return 0, -len(items)
    return (1 if "database_url" in fixtures else 2), -len(items)


def starts_processes(module: ModuleType) -> bool:
    """Whether a module imports `subprocess` or one of our servers."""
    servers = (running_server.RunningServer, running_server.SupervisedInstallation, subprocess)
    return any(_contains(servers, value) for value in vars(module).values())


def _contains(values: Iterable[object], candidate: object) -> bool:
    return any(candidate is value for value in values)
