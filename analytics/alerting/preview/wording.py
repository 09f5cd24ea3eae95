"""Texts of the preview: durations, and how often a rule would have fired."""

from collections.abc import Sequence

MINUTE, HOUR, DAY = 60, 3600, 86400


def duration(seconds: float) -> str:
    """`8 h 15 min`, `2 d 3 h`, `45 s`: two units at most."""
    total = round(seconds)
    if total < MINUTE:
        return f"{total} s"
    if total < HOUR:
        return f"{total // MINUTE} min"
    large, small, names = (DAY, HOUR, "d h") if total >= DAY else (HOUR, MINUTE, "h min")
    first, second = names.split()
    remainder = total % large // small
    return f"{total // large} {first}" + (f" {remainder} {second}" if remainder else "")


def would_have_fired(lengths_seconds: Sequence[float], days: int) -> str:
    """`would have fired 3 times in 30 days, 8 h 15 min in all`."""
    if not lengths_seconds:
        return f"would not have fired in {days} days"
    number = len(lengths_seconds)
    times = {1: "once", 2: "twice"}.get(number, f"{number} times")
    return f"would have fired {times} in {days} days, {duration(sum(lengths_seconds))} in all"
