"""A fixed clock for tests, and the moment at which it starts."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that tests advance; inject it as `now`."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The current time, in UTC."""
        return self.at

    def advance(self, **duration: float) -> None:
        """Advance by `timedelta(**duration)`."""
        self.at += timedelta(**duration)
