"""The states of sessions at the ends of minutes, found from reports in plain Python."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from analytics.query.read_plan import MINUTE, floor_to
from models.raw.client_reports import ClientReport

HEARD, WITHOUT, SILENT = "heard_sessions", "without_connection", "silent_sessions"
State = tuple[ClientReport, datetime, str]


def sessions_of(reports: Iterable[ClientReport]) -> Iterable[list[ClientReport]]:
    """The reports of each session, ascending."""
    by_session: dict[object, list[ClientReport]] = {}
    for report in sorted(reports, key=lambda report: report.period_end):
        by_session.setdefault(report.session_id, []).append(report)
    return by_session.values()


def states_of(reports: Sequence[ClientReport]) -> Iterator[State]:
    """The newest report of a session, the moment, and its state (`HEARD`: with a connection), for
    each session and moment at which it was heard within ten minutes and not left."""
    for of_session in sessions_of(reports):
        ends = [floor_to(report.period_end, MINUTE) for report in of_session]
        moments = {end + MINUTE * n for end in ends for n in range(1, 12)}
        for moment in sorted(moments):
            newest = max((r for r in of_session if r.period_end < moment), key=_age, default=None)
            if newest is None or newest.open_losses is None or newest.leaving:
                continue
            silence = moment - newest.period_end
            if silence > timedelta(minutes=10):
                continue
            if silence > timedelta(seconds=150):
                yield newest, moment, SILENT
            else:
                yield newest, moment, WITHOUT if newest.open_losses else HEARD


def counted(
    states: Iterable[State],
    step: Callable[[datetime], int | None],
    key: Callable[[ClientReport], tuple[str, ...] | None],
) -> dict[tuple[tuple[str, ...], int], dict[str, int]]:
    """Session minutes per key and step, by state; `HEARD` are all of them."""
    counts: dict[tuple[tuple[str, ...], int], dict[str, int]] = {}
    for report, moment, state in states:
        of_key, number = key(report), step(moment - timedelta(microseconds=1))
        if of_key is None or number is None:
            continue
        figures = counts.setdefault((of_key, number), {HEARD: 0, WITHOUT: 0, SILENT: 0})
        figures[HEARD] += 1
        if state != HEARD:
            figures[state] += 1
    return counts


def _age(report: ClientReport) -> tuple[datetime, bool, int]:
    return report.period_end, bool(report.leaving), report.open_losses or 0
