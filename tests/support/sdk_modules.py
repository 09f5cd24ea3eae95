"""Modules of the browser monitor by themselves, run in Chromium without a page around them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from playwright.sync_api import Browser

from ingest.site import sdk

_imports = re.compile(r"^import [^;]*? from '[^']+'\n+", re.MULTILINE)
_exports = re.compile(r"^export ", re.MULTILINE)


def evaluate(browser: Browser, modules: Sequence[str], script: str, argument: Any = None) -> Any:
    """Result of `script`, the body of a function of `argument`, in the scope of `modules`.

    `modules`: names as `core/ends`, each after those it imports.
    """
    source = joined((sdk.FOLDER / f"{name}.js").read_text() for name in modules)
    page = browser.new_page()
    try:
        return page.evaluate(f"argument => {{ {source}\n{script} }}", argument)
    finally:
        page.close()


def joined(modules: Iterable[str]) -> str:
    """The modules' sources as statements of one scope, imports and exports removed."""
    return "\n".join(_exports.sub("", _imports.sub("", module)) for module in modules)
