"""HTML attributes whose names are no Python words: `data-...` and `aria-...`."""

from typing import Any


def marked(attributes: dict[str, str]) -> dict[str, Any]:
    """The attributes, to be passed by `**`."""
    return dict(attributes)
