"""The explanation of a change, from the slices that were read; pure."""

from collections.abc import Mapping, Sequence
from math import isnan

from analytics.anomalies.explain import wording
from analytics.anomalies.explain.answers import Contribution, Explanation
from analytics.anomalies.explain.candidates import Cause, Search, Slices
from analytics.anomalies.explain.ranking import Candidate, rank_ranges

MOST_OF_DIMENSION = 3  # notable values of one dimension that are listed
LEAST_USUAL = 0.05  # of a value that is listed although it is nothing special


def explanation(
    slices: Slices,
    unit: str,
    *,
    notes: Sequence[str] = (),
    not_counted: Mapping[str, str] | None = None,
) -> Explanation:
    """Why the events named `unit` differ from the usual ones. `notes` follow the own ones."""
    search = Search(slices)
    best = search.best()
    listed = _listed(search, best)
    ranks = rank_ranges(listed)
    contributions = tuple(
        _contribution(each, *rank) for each, rank in zip(listed, ranks, strict=True)
    )
    first = contributions[0] if best is not None else None
    shares = _shares(search, best)
    return Explanation(
        total_change=search.total,
        unit=unit,
        contributions=contributions,
        mix_share=shares.get(Cause.MIX),
        rate_share=shares.get(Cause.RATE),
        volume_share=shares.get(Cause.VOLUME),
        not_counted=dict(not_counted or {}),
        sentence=_sentence(search, unit, first, shares),
        notes=(*wording.notes(contributions, search.total, unit), *notes),
    )


def _sentence(
    search: Search, unit: str, first: Contribution | None, shares: Mapping[Cause, float]
) -> str:
    if search.total < 0 and first is None and not search.slices.total.bad[:, -1].any():
        return wording.nothing_left(unit)
    return wording.sentence(search.total, unit, search.cause, first, shares)


def _listed(search: Search, best: Candidate | None) -> list[Candidate]:
    """The best first, then the notable values by score, then the most usual one of each dimension
    that has none."""
    notable, usual = [], []
    by_dimension: dict[str, list[Candidate]] = {}
    for each in search.singles:
        if each.is_nameable and each.labels != (best.labels if best else None):
            (dimension,) = each.labels
            by_dimension.setdefault(dimension, []).append(each)
    for values in by_dimension.values():
        special = sorted((each for each in values if each.is_notable), key=_by_score)
        notable += special[:MOST_OF_DIMENSION]
        most_usual = max(values, key=lambda each: each.usual_share)
        if not special and most_usual.usual_share >= LEAST_USUAL:
            usual.append(most_usual)
    ordered = [*sorted(notable, key=_by_score), *sorted(usual, key=_by_score)]
    return ordered if best is None else [best, *ordered]


def _by_score(candidate: Candidate) -> tuple[float, str]:
    """The largest first, equal ones in any order of the tables the same."""
    return -candidate.score, str(sorted(candidate.labels.items()))


def _contribution(candidate: Candidate, rank_low: int, rank_high: int) -> Contribution:
    return Contribution(
        slice=dict(candidate.labels),
        change=candidate.change,
        share=candidate.share,
        usual_share=candidate.usual_share,
        n=candidate.n,
        sessions=None if isnan(candidate.sessions) else candidate.sessions,
        rank_low=rank_low,
        rank_high=rank_high,
        is_notable=candidate.is_notable,
    )


def _shares(search: Search, best: Candidate | None) -> dict[Cause, float]:
    """The parts of the change by cause, of the dimension that is named, else of that whose mix
    changed most."""
    tables = search.slices.of_people
    named = [each for each in tables if best is not None and {*each.dimensions} & {*best.labels}]
    table = max(named or tables, key=search.mix_share, default=None)
    if table is None or not search.total:
        return {}
    parts, total = search.parts(table), search.total
    return {
        Cause.RATE: float(parts.rate.sum()) / total,
        Cause.MIX: float(parts.mix.sum()) / total,
        Cause.VOLUME: float(parts.volume.sum()) / total,
    }
