"""Component ids that callbacks use."""

from typing import Any

URL = "url"
THEME = "theme"
ZONE = "browser-zone"
TICK = "tick"
PAGE = "page"
SECTIONS = "sections"
TABS = "tabs"
FILTER_BAR = "filter-bar"
TIMER = "timer"
BELL = "bell"
FIRING = "firing"
DEMO = "demo-history"
CHOICES = "choices"
EXPORT_FETCH = "exports-fetch"
PICKER = "picker"
TYPED_RANGE = "typed-range"
READ_RANGE = "read-range"
BASELINE = "baseline-comparison"


def part(panel: str, name: str) -> dict[str, Any]:
    """The id of a part of a panel: `frame unit body foot state table`."""
    return {"type": f"panel-{name}", "panel": panel}


def of_board(board: str, name: str) -> dict[str, Any]:
    """The id of one of a board's components: `banner sentence strip status viewed retry`."""
    return {"type": f"board-{name}", "board": board}


def chart(panel: str) -> dict[str, Any]:
    """The id of the graph of a panel."""
    return {"type": "chart", "panel": panel}


def drawing(panel: str) -> dict[str, Any]:
    """The id of the store for a panel's figure, in which colours are design tokens."""
    return {"type": "drawing", "panel": panel}
