"""Groups rules that share one query: the same source, dimensions and label breakdown."""

from dataclasses import dataclass

from analytics.query.query import LabelPart

from .formulas import formula_for
from .labels import labels_of
from .rule import Rule, Source


@dataclass(frozen=True, slots=True)
class Group:
    """Measurements of `source` by `dimensions`, and by a label where there is a `breakdown`.
    Distinct sessions are queried apart from sums."""

    source: Source
    dimensions: tuple[str, ...]
    breakdown: LabelPart | None = None
    counts_sessions: bool = False


def group_of(rule: Rule) -> Group:
    """The group of a rule. Raises `UnsupportedFormula`."""
    labels, formula = labels_of(rule.source, rule.metric), formula_for(rule)
    shared = tuple(name for name in rule.dimensions if name not in labels)
    breakdown = None
    if rule.split_by is not None and rule.split_by in labels:
        breakdown = LabelPart(formula.numerator[0], labels.index(rule.split_by), rule.split_by)
    return Group(rule.source, shared, breakdown, formula.counts_sessions)
