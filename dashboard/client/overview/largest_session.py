"""Whether one session makes much of a figure of browsers, or that this was not counted."""

from analytics.reports.client_answers import Summary
from analytics.reports.client_summary import LARGEST_SESSION
from dashboard.core.numbers import largest_session_text

NOT_COUNTED = "largest session not counted"


def caution(share: float | None, summary: Summary) -> str:
    """`one session makes 34 %`; empty where none makes too much."""
    if share is None and summary.reports and LARGEST_SESSION in summary.not_counted:
        return NOT_COUNTED
    return largest_session_text(share)


def reason(summary: Summary) -> str:
    """Why it was not counted and what to change, as a sentence; empty where it was."""
    return summary.not_counted.get(LARGEST_SESSION, "") if summary.reports else ""
