"""axe-core in a page: its violations that matter, as texts; whether it fits narrow windows."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from scripts.sdk import node_packages

RUN = """async (rules) => (await axe.run({resultTypes: ["violations"], ...rules})).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.slice(0, 5).map(({html, any}) =>
    `${html.slice(0, 160)} ${any.map(({message}) => message).join(" ")}`).join(" | ")}`)"""
CONTRAST_ONLY = {"runOnly": ["color-contrast"]}
FITS = "width => innerWidth === width && document.documentElement.scrollWidth <= innerWidth"


@cache
def _source() -> str:
    folder = node_packages.install() / "node_modules" / "axe-core"
    return (folder / "axe.min.js").read_text()


def violations(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """The rules that the page breaks with an impact of serious or critical, with their elements.

    The script is evaluated by the debugger, which the content security policy does not bind.
    """
    page.evaluate(_source())
    broken: list[str] = page.evaluate(RUN, rules or {})
    return broken


def fits(page: Page, *widths: int) -> None:
    """Set the window to each width in turn; fails where the page stays wider than it (WCAG 2.2,
    criterion 1.4.10)."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(FITS, arg=width)
