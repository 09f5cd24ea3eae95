"""The correlations of a range: what page and API read."""

from collections.abc import Sequence
from datetime import datetime

from analytics.correlation import sentences
from analytics.correlation.costs.cost import cost_of
from analytics.correlation.measures import EXPOSURES, OUTCOMES, PAIRS, Measure, is_seed, pair_key
from analytics.correlation.overtime.pairs import pairs_over_time
from analytics.correlation.persession.pairs import pairs_per_session
from analytics.correlation.results import (
    Correlations,
    Pair,
    PairOverTime,
    PairPerSession,
    Strength,
)
from analytics.correlation.series.hourly import HourlySeries
from analytics.correlation.sessions.table import SessionTable

_ORDER = tuple(sorted(PAIRS, key=lambda pair: not is_seed(*pair)))  # the three of the seed first


def correlations_of(
    series: HourlySeries,
    sessions: SessionTable,
    window: tuple[datetime, datetime],
    selected: str | None = None,
) -> Correlations:
    """All pairs of both views. The pair of the key `selected` alone has points and a dose curve;
    if there is no such key, the strongest pair, or the first."""
    over, per = pairs_over_time(series), pairs_per_session(sessions)
    pairs = [_pair(x, y, over.pairs[pair_key(x, y)], per.pairs[pair_key(x, y)]) for x, y in _ORDER]
    strongest = _strongest(pairs)
    keys = [pair.key for pair in pairs]
    detailed = next((keys.index(key) for key in (selected, strongest) if key in keys), 0)
    x, y = _ORDER[detailed]
    pairs[detailed] = _pair(x, y, over.detailed(x, y), per.detailed(x, y))
    return Correlations(
        start=window[0],
        end=window[1],
        zone=series.zone,
        exposures=EXPOSURES,
        outcomes=OUTCOMES,
        pairs=tuple(pairs),
        sessions=len(sessions),
        hours=len(series.hours),
        strongest=strongest,
        selected=keys[detailed],
        cost=cost_of(sessions),
        reports=int(series.reports.sum()),
        read_share=sessions.read_share,
    )


def _pair(x: Measure, y: Measure, over: PairOverTime, per: PairPerSession) -> Pair:
    strength = per.strength if over.strength is Strength.NONE else over.strength
    return Pair(
        x=x,
        y=y,
        over_time=over,
        per_session=per,
        is_seed=is_seed(x, y),
        strength=Strength.NONE if sentences.is_refused(per) else strength,
        sentence=sentences.both_views(over, per),
    )


def _strongest(pairs: Sequence[Pair]) -> str | None:
    """The pair with the largest coefficient among equals of those that are beyond chance."""
    sizes = {
        pair.key: abs(pair.per_session.within.value)
        for pair in pairs
        if pair.per_session.within is not None
        and pair.per_session.strength is not Strength.NONE
        and pair.strength is not Strength.NONE
    }
    return max(sizes, key=lambda key: sizes[key]) if sizes else None
