"""Names of what callbacks talk about."""

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
CHOICES = "choices"
EXPORT_FETCH = "exports-fetch"
PICKER = "picker"
CHOSEN_DIMENSION = "chosen-dimension"


def part(panel: str, name: str) -> dict[str, Any]:
    """A part of a panel: `frame unit body foot state table`."""
    return {"type": f"panel-{name}", "panel": panel}


def of_board(board: str, name: str) -> dict[str, Any]:
    """What a board has once: `banner sentence strip status viewed retry`."""
    return {"type": f"board-{name}", "board": board}


def chart(panel: str) -> dict[str, Any]:
    """The graph of a panel."""
    return {"type": "chart", "panel": panel}


def drawing(panel: str) -> dict[str, Any]:
    """Where the server puts the figure of a panel, with tokens for colours."""
    return {"type": "drawing", "panel": panel}
