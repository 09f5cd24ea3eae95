"""Explanations as sentences; pure."""

from collections.abc import Mapping, Sequence

from analytics.anomalies.explain.answers import Contribution
from analytics.anomalies.explain.candidates import Cause
from analytics.formatting.numbers import with_unit
from analytics.geo.countries import value_name
from models.metrics.close_codes import DESCRIPTIONS

# In the order of a sentence: `release 2.4.1 on Safari in Brazil`.
PHRASES: Mapping[str, str] = {
    "service": "service {}",
    "app": "app {}",
    "worker": "worker {}",
    "release": "release {}",
    "code": "close code {}",
    "closed_by": "closed by {}",
    "status": "status {}",
    "kind": "errors of the kind {}",
    "page": "page {}",
    "browser": "on {}",
    "effective_type": "over networks like {}",
    "country": "in {}",
}
ALONE: Mapping[str, str] = {"browser": "{}", "effective_type": "networks like {}", "country": "{}"}
MOST_NOTES = 3
USUAL_WITHIN = 0.1  # of its usual share: nothing special


def slice_name(labels: Mapping[str, str]) -> str:
    """`release 2.4.1 on Safari 26 in Brazil`, `Brazil`."""
    names = [name for name in PHRASES if name in labels]
    phrases = [PHRASES[name].format(value_name(name, labels[name])) for name in names]
    if names and names[0] in ALONE:
        phrases[0] = ALONE[names[0]].format(value_name(names[0], labels[names[0]]))
    return " ".join(phrases)


def share_text(share: float) -> str:
    """`87 %`; shares up to 100 %, as those beyond say that others fell."""
    return with_unit(f"{min(max(share, 0.0), 1.0) * 100:.0f}", "%")


def changed(total: float, unit: str) -> str:
    """`the extra drops`, `the missing reports`."""
    return f"the {'extra' if total >= 0 else 'missing'} {unit}"


def sentence(
    total: float, unit: str, cause: Cause, first: Contribution | None, shares: Mapping[Cause, float]
) -> str:
    """What explains the change. `first` is the best explanation, if there is one."""
    events = changed(total, unit)
    if not total:
        return f"In these hours there are as many {unit} as usual."
    if first is None:
        if cause is Cause.VOLUME:
            direction = "more" if total > 0 else "fewer"
            return f"There are {direction} people everywhere, each with the usual {unit}."
        return f"It is everywhere: nothing has more than its usual share of {events}."
    name, usual = slice_name(first.slice), share_text(first.usual_share)
    if cause is Cause.MIX:
        return (
            f"No {_dimension(first)} is worse than usual; the mix changed: "
            f"{share_text(_mix(shares))} of {events} come of other shares of people, "
            f"above all of {name}."
        )
    text = f"{share_text(first.share)} of {events}: {name} (usually {usual})"
    if cause is Cause.VOLUME:
        direction = "more" if total > 0 else "fewer"
        return f"{text}. There are {direction} people, each with the usual {unit}."
    return f"{text}."


def nothing_left(unit: str) -> str:
    """Of events that are all missing."""
    return f"All the usual {unit} are missing: there are none at all."


def notes(contributions: Sequence[Contribution], total: float, unit: str) -> list[str]:
    """What is nothing special, what a close code means, and where the order is not sure."""
    usual = [
        f"{_capital(slice_name(each.slice))}: {share_text(each.share)} of {changed(total, unit)}, "
        f"usually {share_text(each.usual_share)}: nothing special there."
        for each in contributions
        if not each.is_notable and abs(each.share - each.usual_share) <= USUAL_WITHIN
    ]
    codes = [
        f"Code {code}: {DESCRIPTIONS[code]}."
        for each in contributions
        if each.is_notable and (code := each.slice.get("code", "")) in DESCRIPTIONS
    ]
    return [*_order(contributions), *codes, *usual[:MOST_NOTES]]


def _order(contributions: Sequence[Contribution]) -> list[str]:
    """A sentence where another slice, not one within the other, could be the first."""
    if not contributions or not contributions[0].is_notable:
        return []
    first = contributions[0]
    close = [
        each
        for each in contributions[1:]
        if each.is_notable
        and each.rank_low <= first.rank_high
        and not each.slice.items() <= first.slice.items()
    ]
    if not close:
        return []
    return [
        f"The order is not sure: {slice_name(first.slice)} is first to rank {first.rank_high}, "
        f"{slice_name(close[0].slice)} {close[0].rank_low} to {close[0].rank_high} if such events "
        "come again at random."
    ]


def _dimension(first: Contribution) -> str:
    names = {"effective_type": "network"}
    (dimension,) = first.slice
    return names.get(dimension, dimension)


def _mix(shares: Mapping[Cause, float]) -> float:
    return shares.get(Cause.MIX, 0.0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
