"""A pair by name, and what is to be said of it in a word or two."""

from analytics.correlation.results import Disagreement, Estimate, Pair, Strength
from analytics.correlation.sentences import is_refused
from models.metrics.dimensions import DIMENSIONS

from .values import short_label


def name_of(pair: Pair) -> str:
    """`Round trip p95 and Page load`."""
    return f"{pair.x.label} and {short_label(pair.y)}"


def strength_text(strength: Strength) -> str:
    """`no relation`, `weak`, `moderate`, `strong`."""
    return "no relation" if strength is Strength.NONE else strength.value


def verdict_text(pair: Pair) -> str:
    """`weak`, or `weak among equals` where hours do not show it."""
    is_relation, in_hours = (each.strength is not Strength.NONE for each in (pair, pair.over_time))
    return strength_text(pair.strength) + " among equals" * (is_relation and not in_hours)


def dimension_name(dimension: str) -> str:
    """`Country`, `Network type`."""
    return DIMENSIONS.get(dimension) or dimension.replace("_", " ").capitalize()


def explained_text(pair: Pair) -> str:
    """`explained by Country`: what differs between people, where equals do not confirm the pair;
    empty where they do."""
    view = pair.per_session
    if view.disagreement is None:
        return ""
    if view.explained_by is not None:
        return f"explained by {dimension_name(view.explained_by)}"
    if view.disagreement is Disagreement.SIGN or view.within is None or view.pooled is None:
        return "turned round among equals"
    is_weaker = abs(view.within.value) < abs(view.pooled.value)
    return f"far {'weaker' if is_weaker else 'stronger'} among equals"


def headline(pair: Pair) -> str:
    """What both views allow to say, in a sentence or two; the figures stand below it."""
    hours, sessions = pair.over_time, pair.per_session
    if is_refused(sessions) and sessions.pooled is not None:
        explained = explained_text(pair)
        seeming = f"Over all sessions it seems that when {_moves(pair, sessions.pooled)}"
        return f"{seeming}. Equal sessions do not confirm it: {explained}."
    estimate = hours.coefficient if hours.strength is not Strength.NONE else sessions.within
    if pair.strength is Strength.NONE or estimate is None:
        if not hours.enough_data and not sessions.enough_data:
            return "Not enough data."
        return f"{pair.x.label} and {pair.y.label.lower()}: no association beyond chance."
    return f"When {_moves(pair, estimate)}. {_agreement(pair)}"


def _moves(pair: Pair, estimate: Estimate) -> str:
    return f"{pair.x.more}, {pair.y.more if estimate.value > 0 else pair.y.less}"


def _agreement(pair: Pair) -> str:
    hours, sessions = pair.over_time.coefficient, pair.per_session.within
    sure = [view.enough_data and view.strength is not Strength.NONE
            for view in (pair.over_time, pair.per_session)]  # fmt: skip
    if hours is None or sessions is None:
        return "Only one of the two views has enough data to say so."
    if all(sure):
        if hours.value * sessions.value < 0:
            return "So say hours; equal sessions say the opposite."
        return "Hours and equal sessions agree."
    return f"Only {'hours' if sure[0] else 'equal sessions'} say so beyond chance."
