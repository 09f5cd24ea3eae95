"""Explains an incident: one call for the scheduler, in one snapshot of the store."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analytics.anomalies.explain import meanwhile, troubleshooting
from analytics.anomalies.explain.answers import Contribution, Explanation
from analytics.anomalies.explain.explanation import explanation
from analytics.anomalies.explain.meanwhile import Moved
from analytics.anomalies.explain.measure import Measure, longest_ms
from analytics.anomalies.explain.reader import Change, read
from analytics.anomalies.explain.wording import slice_name
from analytics.formatting.numbers import duration_text
from analytics.query.engine import Engine
from models.database.engine import Database
from models.queries.snapshot import snapshot

NOTHING_USUAL = "There are no such hours to compare with yet."


def explain(database: Database, change: Change, others: Iterable[Moved] = ()) -> Explanation:
    """Which slice made the change of `change.window` against the same hours of earlier weeks, of
    all people of the app; where nothing stands out among these, of those of `change.labels`. Of a
    window of more than 24 hours as many days are explained as have few enough reports. `others` are
    the other incidents of about that time.

    For the begin of an incident, every hour while it lasts, and its end. Raises `NoSeries` and
    `DatabaseAway`.
    """
    with snapshot(database) as connection:
        engine = Engine(connection)
        explained = _explained(engine, replace(change, labels={}), others)
        if not change.labels or explained.notable:
            return explained
        return _within(_explained(engine, change, others), change.labels)


def _explained(engine: Engine, change: Change, others: Iterable[Moved]) -> Explanation:
    reading = read(engine, change)
    unit = _unit(reading.measure, reading.usual_bucket)
    moved = meanwhile.note(change.window.start, change.window.end, others)
    if reading.slices is None:
        return Explanation(
            total_change=0.0, unit=unit, sentence=NOTHING_USUAL, notes=(*moved,),
            until=change.window.end.isoformat(),
        )  # fmt: skip
    explained = explanation(reading.slices, unit, notes=moved, not_counted=reading.not_counted)
    advice = troubleshooting.advice(
        change.metric, explained.contributions, explained.total_change, unit
    )
    return replace(explained, advice=advice, until=change.window.end.isoformat())


def _within(explained: Explanation, labels: Mapping[str, str]) -> Explanation:
    """The explanation of a change among the people of `labels`, with slices of all people; these
    people themselves where nothing within them stands out."""
    contributions = tuple(
        replace(each, slice={**labels, **each.slice}) for each in explained.contributions
    )
    sentence = f"Within {slice_name(labels)}: {explained.sentence}"
    if not explained.notable and explained.total_change:
        first = Contribution(
            slice=dict(labels), change=explained.total_change, share=1.0, usual_share=1.0,
            n=0.0, rank_low=1, rank_high=1, is_notable=True,
        )  # fmt: skip
        contributions = (first, *contributions)
    return replace(explained, contributions=contributions, sentence=sentence)


def _unit(measure: Measure, usual_bucket: int) -> str:
    if not measure.durations:
        return measure.noun
    usual = duration_text(longest_ms(usual_bucket))
    return f"{measure.noun} slower than the usual p95 ({usual})"
