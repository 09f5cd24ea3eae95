"""Sessions beside those that started: carried over into a range, or by their last report.

Starts add up over steps: complete hours have them in cells, also by the minute. Together with those
carried over, each session that reported within a range is counted once. Sessions are not weighted.
"""

from dataclasses import replace

from models.raw.sessions import IS_LONG

from .selection import RAW, SESSIONS, Selection

# Those that began before `:start` and reported since: recent ones are read by their start, long
# ones by their end.
CARRIED_OVER = (
    "(SELECT * FROM sessions WHERE last_seen >= :start "
    "AND first_seen < :start AND first_seen >= :start - interval '1 hour' "
    "UNION ALL SELECT * FROM sessions WHERE last_seen >= :start "
    f"AND first_seen < :start - interval '1 hour' AND {IS_LONG}) AS carried"
)
LAST_REPORTS = replace(
    SESSIONS, name="last_reports", time="ended", where="true", cells={}, raw_rows="sum(sessions)"
)


def by_last_report(selection: Selection) -> Selection:
    """The sessions of the raw reports of `selection`, by the step of their last report, and of
    their last abnormal close: they add up over any number of the last steps, and over no others."""
    groups = "".join(f", {name}" for name in selection.group_by)
    # Their reports passed the filters, so does any value of them.
    filtered = "".join(
        f", max({name}) AS {name}" for name in selection.filters if name not in selection.group_by
    )
    ends = (
        f"(SELECT * FROM (SELECT session_id{groups}{filtered}, max(period_end) AS latest, "
        "max(period_end) FILTER (WHERE abnormal_closes > 0) AS broken "
        f"FROM client_reports WHERE {selection.where(RAW)} GROUP BY session_id{groups}) AS last, "
        "LATERAL (VALUES (latest, 1, 1), (broken, 0, -1)) AS ends (ended, sessions, calm_sessions) "
        "WHERE ended IS NOT NULL) AS ends"
    )
    return replace(selection, family=replace(LAST_REPORTS, raw=ends))
