"""Groups rules that share one query: the same source, dimensions and label breakdown."""

from dataclasses import dataclass

from analytics.query.query import LabelPart
from models.metrics.dimensions import TEST_APPS

from .formulas import formula_for
from .labels import labels_of
from .rule import Rule, Source


@dataclass(frozen=True, slots=True)
class Group:
    """Measurements of `source` by `dimensions`, and by a label where there is a `breakdown`.
    Distinct sessions are queried apart from sums, and `of_tests` the app of load tests or probes
    that a rule names: by default it is left out."""

    source: Source
    dimensions: tuple[str, ...]
    breakdown: LabelPart | None = None
    counts_sessions: bool = False
    of_tests: str = ""

    @property
    def sender(self) -> str:
        """Whose rows tell how fresh its figures are."""
        return f"{self.source} {self.of_tests}".strip()


def group_of(rule: Rule) -> Group:
    """The group of a rule. Raises `UnsupportedFormula`."""
    labels, formula = labels_of(rule.source, rule.metric), formula_for(rule)
    shared = tuple(name for name in rule.dimensions if name not in labels)
    breakdown = None
    if rule.split_by is not None and rule.split_by in labels:
        breakdown = LabelPart(formula.numerator[0], labels.index(rule.split_by), rule.split_by)
    app = rule.filters.get("app", "")
    of_tests = app if app in TEST_APPS else ""
    return Group(rule.source, shared, breakdown, formula.counts_sessions, of_tests)
