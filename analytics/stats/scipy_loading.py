"""Loads scipy when it is first used: what runs no statistics is spared its memory."""

from functools import lru_cache
from importlib import import_module
from types import ModuleType


@lru_cache(maxsize=1)
def scipy_special() -> ModuleType:
    """`scipy.special`: functions of tails over arrays."""
    return import_module("scipy.special")


@lru_cache(maxsize=1)
def scipy_stats() -> ModuleType:
    """`scipy.stats`: distributions, as of single values."""
    return import_module("scipy.stats")
