"""Numbers as people read them: pages write them as the mails do."""

from analytics.numbers import (
    DASH,
    MINUS,
    THIN,
    change,
    count,
    duration,
    duration_text,
    figures,
    percent,
    percent_text,
    plural,
    seconds_text,
    size,
    size_text,
    size_unit,
    with_unit,
)

__all__ = [
    "DASH",
    "MINUS",
    "THIN",
    "change",
    "count",
    "duration",
    "duration_text",
    "figures",
    "percent",
    "percent_text",
    "plural",
    "seconds_text",
    "size",
    "size_text",
    "size_unit",
    "with_unit",
]
