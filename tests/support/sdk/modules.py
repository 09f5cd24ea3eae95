"""Modules of the browser monitor by themselves, run in Chromium without a page around them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from ingest.site import sdk

FOLDER = Path(__file__).parent


def source(name: str) -> str:
    """The script `NAME.js` beside this file."""
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")


def evaluate(browser: Browser, modules: Sequence[str], script: str, argument: Any = None) -> Any:
    """Result of `script`, the body of a function of `argument`, in the scope of `modules`.

    `modules`: names as `core/ends`, each after those it imports.
    """
    joined = sdk.joined((sdk.FOLDER / f"{name}.js").read_text() for name in modules)
    page = browser.new_page()
    try:
        return page.evaluate(f"argument => {{ {joined}\n{script} }}", argument)
    finally:
        page.close()
