"""Runs what takes long without waiting in a native thread, so that a worker's loop goes on."""

from collections.abc import Callable
from typing import TypeVar, cast

from gevent import get_hub, monkey

T = TypeVar("T")


def run(task: Callable[[], T]) -> T:
    """The task's result. It must not use the database: connections belong to gevent's loop. Outside
    a gevent worker it runs at once."""
    if monkey.is_module_patched("threading"):
        return cast(T, get_hub().threadpool.apply(task))
    return task()
