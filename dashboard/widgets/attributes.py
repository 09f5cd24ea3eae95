"""HTML attributes whose names are not Python identifiers: `data-...` and `aria-...`."""

from typing import Any


def html_attributes(attributes: dict[str, str]) -> dict[str, Any]:
    """The attributes, to be passed with `**`."""
    return dict(attributes)
