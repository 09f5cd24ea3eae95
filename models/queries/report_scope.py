"""Which reports and sessions a question is about, as a condition of a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DIMENSIONS = ("app", "country", "effective_type", "browser", "release", "page")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which reports are asked about: [start, end) and values of dimensions, `None` for unknown."""

    start: datetime
    end: datetime
    step: timedelta
    origin: datetime
    chosen: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not set(self.chosen) <= set(DIMENSIONS):
            raise ValueError(f"only {', '.join(DIMENSIONS)} can be filtered")

    @property
    def divided_by(self) -> list[str]:
        """The dimensions chosen beside the app."""
        return [name for name in self.chosen if name != "app"]

    @property
    def condition(self) -> str:
        """The WHERE clause on dimensions, made of our own names; values are bound."""
        return " AND ".join(
            [
                f"{name} = :{name}"
                if value is not None
                else f"coalesce({name}, 'unknown') = 'unknown'"
                for name, value in self.chosen.items()
            ]
            or ["true"]
        )

    @property
    def values(self) -> dict[str, Any]:
        """The values bound to the names in the clause and the steps; `dimension` and `value` are
        those of the cells: of the first dimension beside the app, or of none."""
        divided = self.divided_by
        value = self.chosen[divided[0]] if divided else ""
        return {
            **self.chosen,
            "start": self.start,
            "end": self.end,
            "step": self.step,
            "origin": self.origin,
            "dimension": divided[0] if divided else "",
            "value": "unknown" if value is None else value,
        }


def step_of(column: str) -> str:
    """The start of the step that an instant of `column` falls into."""
    return f"date_bin(:step, {column}, :origin)"
