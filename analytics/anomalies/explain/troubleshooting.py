"""The documentation's troubleshooting for a symptom, with the figures of an explanation; pure."""

from collections.abc import Mapping, Sequence

from analytics.anomalies.explain.answers import Contribution
from analytics.anomalies.explain.wording import changed, share_text, slice_name
from analytics.notifications.advice import (
    CERTIFICATE,
    DROPS,
    ERRORS,
    LATENCY,
    SILENCE,
    Advice,
    advice_for,
)

# For each step of an advice the dimensions that say whether it is the one.
INDICATED_BY: Mapping[str, Sequence[frozenset[str]]] = {
    LATENCY.problem: (
        frozenset({"worker", "service"}),
        frozenset({"country", "effective_type"}),
        frozenset({"app", "release", "page"}),
    ),
    DROPS.problem: (
        frozenset({"country", "effective_type"}),
        frozenset({"worker", "service"}),
        frozenset({"code", "closed_by"}),
    ),
    ERRORS.problem: (
        frozenset({"release"}),
        frozenset({"page", "browser"}),
        frozenset({"kind", "status", "app"}),
    ),
    SILENCE.problem: (
        frozenset({"worker", "service"}),
        frozenset({"app", "page", "release"}),
        frozenset(),
    ),
    CERTIFICATE.problem: (frozenset({"page"}), frozenset()),
}


def advice(
    metric: str, contributions: Sequence[Contribution], total: float, unit: str
) -> tuple[str, ...]:
    """The steps for the symptom of `metric`; after each what the slices say of it, and those first
    that a notable slice points to."""
    symptom = SILENCE if total < 0 and metric in ("reports", "sessions") else advice_for(metric, "")
    if symptom is None:
        return ()
    steps = _with_figures(symptom, contributions, changed(total, unit))
    return tuple(
        [step for step, is_notable in steps if is_notable]
        + [step for step, is_notable in steps if not is_notable]
    )


def _with_figures(
    symptom: Advice, contributions: Sequence[Contribution], events: str
) -> list[tuple[str, bool]]:
    steps = []
    for step, dimensions in zip(symptom.steps, INDICATED_BY[symptom.problem], strict=True):
        of_step = [each for each in contributions if {*each.slice} & dimensions]
        first = next((each for each in of_step if each.is_notable), None) or next(
            iter(of_step), None
        )
        figures = "" if first is None else f" Here: {_figures(first, events)}"
        steps.append((step + figures, first is not None and first.is_notable))
    return steps


def _figures(each: Contribution, events: str) -> str:
    text = f"{slice_name(each.slice)} has {share_text(each.share)} of {events}"
    if not each.is_notable:
        return f"{text}, as usual."
    return f"{text} (usually {share_text(each.usual_share)})."
