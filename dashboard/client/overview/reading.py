"""What was read for one drawing of the client Overview."""

from dataclasses import dataclass

from analytics.answers import Summary
from dashboard import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(reading.Reading):
    """The answer for the range and, when compared, for the range before."""

    summary: Summary
    before: Summary | None

    @property
    def answer(self) -> Summary:
        """The summary."""
        return self.summary

    @property
    def has_before(self) -> bool:
        """Whether there is a period to compare with."""
        return self.before is not None
