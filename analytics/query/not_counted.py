"""What the store does not keep for a selection: a reason and what to change, never a zero."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Stands for a figure that was not counted. Both texts are sentences for people."""

    reason: str
    change: str

    def __str__(self) -> str:
        return f"{self.reason} {self.change}"


BY_SEVERAL_DIMENSIONS = NotCounted(
    "This combination of filters is kept as daily counts only.",
    "Choose 48 hours or less, or a single filter.",
)
BEYOND_TOP = NotCounted(
    "These two filters together are kept for the 20 most frequent values of each.",
    "Choose 48 hours or less, or a single filter.",
)
REGIONS_BEYOND_TOP = NotCounted(
    "Regions are kept for the 20 countries with the most reports of each day.",
    "Choose 48 hours or less.",
)
REGIONS_BY_SEVERAL = NotCounted(
    "Regions are kept by day under no filter but the app.",
    "Choose 48 hours or less, or remove the other filter.",
)
REGIONS_DROPPED = NotCounted(
    "Regions were not kept yet on the first days of this range.", "Choose a later start."
)
SESSIONS_DROPPED = NotCounted(
    "Sessions are kept by several filters only as long as raw reports.",
    "Choose a later start, or a single filter.",
)
SESSIONS_BY_REGION = NotCounted(
    "Sessions are counted by country, not by region.", "Remove the region."
)
SESSIONS_BY_DAY = NotCounted(
    "Of this many reports, sessions by region or several filters are counted by full days of UTC.",
    "Choose full days of UTC, or more than 48 hours.",
)
STATES_BY_SEVERAL = NotCounted(
    "Sessions without a connection and silent ones are counted by several filters for 48 hours.",
    "Choose 48 hours or less, or a single filter.",
)
BEFORE_KINDS = NotCounted(
    "Monitors before 2.0 do not judge how a connection ended.",
    "Load the browser monitor 2.0, or choose a range in which it reports.",
)
INTERVALS_BY_SEVERAL = NotCounted(
    "How sessions vary is kept for single filters and some pairs of them.",
    "Choose a shorter range, or a single filter.",
)
BEFORE_MOMENTS = NotCounted(
    "How sessions vary was not kept yet on most days of this range.",
    "Choose a later range, or wait until the scheduler has made up for it.",
)
WITHOUT_FULL_DAY = NotCounted(
    "How sessions vary is kept of full days, of which these people have none in this range.",
    "Choose a range with raw reports.",
)
LARGEST_BY_SEVERAL = NotCounted(
    "What a single session makes of a figure is kept for one filter at a time.",
    "Choose 48 hours or less, or a single filter.",
)
LARGEST_OF_MANY = NotCounted(
    "What a single session makes of a figure is not compared in this many raw reports.",
    "Choose a shorter range, or wait until its reports are rolled up.",
)
# What the daily cube lacks: durations, what is counted by label, recoveries.
NOT_IN_CUBE = (
    "latency", "setup", "recovery", "page_load", "close_codes", "networks", "recovered_soon",
    "reply", "close_codes_given",
)  # fmt: skip
BEYOND_LIMIT = NotCounted(
    "This value was beyond the limit of its dimension, so rollups count it under other.",
    "Choose a later start, or the value other.",
)
SESSION_FIGURES = ("sessions", "calm_sessions")
REGIONS = "regions"
STATE_FIGURES = ("without_connection", "silent_sessions")
ALL_FIGURES = (*NOT_IN_CUBE, *SESSION_FIGURES, *STATE_FIGURES)
