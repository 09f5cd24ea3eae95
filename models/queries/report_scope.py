"""The reports and sessions a query is about, as a WHERE clause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.metrics.dimensions import DIMENSIONS


@dataclass(frozen=True, slots=True)
class ReportScope:
    """Reports of [start, end), filtered by values of dimensions (`None`: unknown), in steps."""

    start: datetime
    end: datetime
    step: timedelta
    origin: datetime
    filters: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not set(self.filters) <= set(DIMENSIONS):
            raise ValueError(f"only {', '.join(DIMENSIONS)} can be filtered")

    @property
    def filter_dimensions(self) -> list[str]:
        """The filtered dimensions other than the app."""
        return [name for name in self.filters if name != "app"]

    @property
    def condition(self) -> str:
        """The WHERE clause on dimensions; values are bound."""
        return " AND ".join(
            [
                f"{name} = :{name}"
                if value is not None
                else f"coalesce({name}, 'unknown') = 'unknown'"
                for name, value in self.filters.items()
            ]
            or ["true"]
        )

    @property
    def values(self) -> dict[str, Any]:
        """The bound values of clause and steps; `dimension` and `value` select cells: of the first
        filtered dimension other than the app, or '' and ''."""
        dimensions = self.filter_dimensions
        value = self.filters[dimensions[0]] if dimensions else ""
        return {
            **self.filters,
            "start": self.start,
            "end": self.end,
            "step": self.step,
            "origin": self.origin,
            "dimension": dimensions[0] if dimensions else "",
            "value": "unknown" if value is None else value,
        }


def step_of(column: str) -> str:
    """The SQL for the start of the step of an instant in `column`."""
    return f"date_bin(:step, {column}, :origin)"
