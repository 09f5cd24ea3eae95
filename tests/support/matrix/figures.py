"""The figures a journey is compared by, and those that the monitor reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

COUNTS = (
    *("attempts", "opened", "failed", "abandoned", "drops", "lost", "ended_by_server"),
    *("replaced", "never_back", "sent", "received", "bytes_sent", "bytes_received"),
)
TOLERANCE_MS = 250


@dataclass
class Figures:
    """What the sockets of one page view did. `None` was not counted."""

    attempts: int | None = 0
    opened: int | None = 0
    failed: int | None = 0
    abandoned: int | None = 0
    drops: int | None = 0
    lost: int | None = 0
    ended_by_server: int | None = 0
    replaced: int | None = 0
    never_back: int | None = 0
    sent: int | None = 0
    received: int | None = 0
    bytes_sent: int | None = 0
    bytes_received: int | None = 0
    open_ms: float = 0
    downtime_ms: float = 0
    suspended_ms: float = 0
    recovery_ms: list[float] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)


def of_reports(reports: Iterable[dict[str, Any]]) -> Figures:
    """The sums over the reports of one session."""
    figures = Figures()
    for report in reports:
        counts = {**report.get("connection", {}), **report.get("messages", {})}
        for name in COUNTS:
            value = counts.get(name)
            before = getattr(figures, name)
            is_counted = before is not None and (value is not None or "connection" not in report)
            setattr(figures, name, before + (value or 0) if is_counted else None)
        for name in ("open_ms", "downtime_ms", "suspended_ms"):
            setattr(figures, name, getattr(figures, name) + counts.get(name, 0))
        figures.recovery_ms += counts.get("recovery_ms", [])
        figures.round_trips_ms += report.get("latency", {}).get("samples_ms", [])
        figures.round_trips_ms += report.get("reply", {}).get("samples_ms", [])
    return figures


def differences(truth: Figures, reported: Figures) -> list[str]:
    """What differs: counts at all, times by more than 250 ms each, round trips that are missing."""
    lines = []
    for entry in fields(Figures):
        expected, actual = getattr(truth, entry.name), getattr(reported, entry.name)
        if entry.name == "round_trips_ms":
            if missing := _missing(expected, actual):
                lines.append(f"round trips missing: {missing} of {len(expected)}")
        elif not _agree(expected, actual, 0 if entry.name in COUNTS else TOLERANCE_MS):
            lines.append(f"{entry.name}: {_text(actual)} instead of {_text(expected)}")
    return lines


def _agree(expected: Any, actual: Any, tolerance: float) -> bool:
    if expected is None or actual is None:
        return True
    if isinstance(expected, list):
        pairs = zip(sorted(expected), sorted(actual), strict=False)
        return len(expected) == len(actual) and all(_agree(*pair, tolerance) for pair in pairs)
    return bool(abs(expected - actual) <= tolerance)


def _missing(expected: Sequence[float], actual: Sequence[float]) -> int:
    """How many expected round trips no reported one of at most that time matches.

    The page measures around its library, so that its time is the longer one.
    """
    left, missing = sorted(actual), 0
    for ms in sorted(expected):
        if left and left[0] <= ms + 1:
            left.pop(0)
        else:
            missing += 1
    return missing


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return f"{value:.0f}" if isinstance(value, float) else str(value)
