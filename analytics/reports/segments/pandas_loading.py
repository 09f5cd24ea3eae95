"""Loads pandas when a frame is first made: a web worker that shows none is spared its memory."""

from functools import lru_cache
from importlib import import_module
from types import ModuleType


@lru_cache(maxsize=1)
def pandas() -> ModuleType:
    """The module."""
    return import_module("pandas")
