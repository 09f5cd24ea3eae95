"""Reports of load tests, made up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from analytics.load_tests.distribution import joined, of_values
from analytics.load_tests.report import (
    Generator,
    LoadTestReport,
    Outcome,
    Plan,
    RunConnections,
    RunMessages,
    RunVerdict,
    Thresholds,
    Window,
)

RUN = UUID("5b6f7a0e-0000-4000-8000-000000000001")
STARTED = datetime(2026, 11, 20, 10, tzinfo=UTC)
PLAN = Plan(
    profile="light", scenario="echo", url="ws://127.0.0.1:8050", connections=50, rate=1.0,
    message_bytes=100, ramp_up=2.0, steady=30.0, ramp_down=5.0,
)  # fmt: skip


def window(at: float, trips: list[float], received: int = 50) -> Window:
    """A window of the run."""
    return Window(
        at=at, open=50, sent=received, received=received, failures=0, round_trip=of_values(trips),
        cpu=0.2, loop_lag=1.0,
    )  # fmt: skip


def report(*, trips: list[list[float]] | None = None, **changes: Any) -> LoadTestReport:
    """A run that held, with a window a second; `trips` are the round trips of each."""
    windows = [window(1.0 + at, each) for at, each in enumerate(trips or [[10.0] * 50] * 32)]
    made = LoadTestReport(
        id=RUN, started_at=STARTED,
        ended_at=STARTED + timedelta(seconds=37), plan=PLAN, thresholds=Thresholds(),
        connections=RunConnections(
            attempted=50, connected=50, most_open=50, closed={"1000/client": 50}
        ),
        messages=RunMessages(offered=1500, sent=1500, expected=1500, received=1500),
        round_trip=joined(each.round_trip for each in windows), windows=windows,
        generator=Generator(cpu=0.2), verdict=RunVerdict(outcome=Outcome.PASSED, sentence=""),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)
