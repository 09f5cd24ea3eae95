"""Judges the steps that were completed since the last round, with stored bands and memory."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from analytics.anomalies.judging import completeness, incident_round
from analytics.anomalies.judging.family_round import FamilyRound, judge_family
from analytics.anomalies.series import reading
from analytics.query.query import SeriesSource
from models.anomalies import incidents, series, steps
from models.anomalies.series import AnomalySeries
from models.database.engine import Connection, Database
from models.queries.snapshot import snapshot

# Of one round: what a scheduler that was away has to judge comes in portions. As lists, which the
# store takes, a row has 330 bytes.
MOST_STEPS, MOST_ROWS = 288, 200_000
Confirm = Callable[[Connection], None]


class Newest:
    """Raises `DatabaseAway`, and what `confirm` raises in a transaction that writes."""

    def __init__(self, database: Database, now: datetime, confirm: Confirm) -> None:
        self._database = database
        self._now = now
        self._confirm = confirm

    def run(self) -> str:
        """One round over all series; returns its summary."""
        with self._database.transaction() as connection:
            judged = [
                each
                for each in series.all_series(connection)
                if each.judged_until is not None and each.retired_at is None
            ]
        judged.sort(key=_together)
        results = [
            self._judge(source, is_of_app, list(group))
            for (source, is_of_app), group in groupby(judged, key=_together)
        ]
        step_count = sum(n for n, _ in results)
        if not step_count:
            return "no new steps"
        return f"{step_count} steps judged, {sum(n for _, n in results)} incidents changed"

    def _judge(
        self, source: str, is_of_app: bool, group: Sequence[AnomalySeries]
    ) -> tuple[int, int]:
        """Returns the numbers of steps and of incidents written."""
        length = timedelta(seconds=group[0].step_seconds)
        since = min(each.judged_until for each in group if each.judged_until)
        if self._now < since + length + completeness.LATE:
            return 0, 0
        with snapshot(self._database) as connection:
            until = completeness.complete_until(
                connection, SeriesSource(source), self._now, group[0].step_seconds
            )
            until = min(until, since + length * _most_steps(len(group)))
            if until <= since:
                return 0, 0
            grid = reading.grid_between(since, until, group[0].step_seconds)
            arrays = reading.read_all(connection, SeriesSource(source), grid, is_of_app=is_of_app)
            behind = [each for each in group if each.judged_until and each.judged_until < until]
            detectors = series.detectors(connection, [each.id for each in behind])
            open_parts = incidents.open_parts(connection, [each.id for each in behind])
        rounds = [
            judge_family(list(family), arrays, detectors, open_parts)
            for _, family in groupby(sorted(behind, key=_order), key=_family)
        ]
        return self._write(rounds)

    def _write(self, rounds: Sequence[FamilyRound]) -> tuple[int, int]:
        with self._database.transaction() as connection:
            self._confirm(connection)
            names = rounds[0].columns
            written = {name: [v for each in rounds for v in each.columns[name]] for name in names}
            steps.store(connection, written)
            series.store_progress(connection, [p for each in rounds for p in each.progress])
            incident_count = 0
            for app in dict.fromkeys(each.app for each in rounds):
                changed = [part for each in rounds if each.app == app for part in each.changed]
                incident_count += incident_round.write(connection, app, changed, self._now)
        return len(written["series_id"]), incident_count


def _most_steps(series_count: int) -> int:
    return max(1, min(MOST_STEPS, MOST_ROWS // series_count))


def _together(each: AnomalySeries) -> tuple[str, bool]:
    """Series that are read at once."""
    return each.key.source, each.key.is_of_app


def _family(each: AnomalySeries) -> tuple[str, datetime | None]:
    """Series that are judged at once: of an app, from the same step on."""
    return each.key.app, each.judged_until


def _order(each: AnomalySeries) -> tuple[str, datetime | None, int]:
    return each.key.app, each.judged_until, each.id
