"""Which rules share their figures: those that ask the same of the same source."""

from dataclasses import dataclass

from .formulas import reading_for
from .labels import labels_of
from .rule import Rule, Source


@dataclass(frozen=True, slots=True)
class LabelBreakdown:
    """A sum that is told apart by a part of its labels: the part's place, and its name."""

    sum_name: str
    part: int
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of `source` told apart by its own `dimensions`, and perhaps by a label as well.
    Different sessions are another question than sums."""

    source: Source
    dimensions: tuple[str, ...]
    apart: LabelBreakdown | None = None
    is_of_sessions: bool = False


def group_of(rule: Rule) -> Group:
    """What a rule shares its figures with. Raises `NotReadable`."""
    labels, reading = labels_of(rule.source, rule.metric), reading_for(rule)
    common = tuple(name for name in rule.dimensions if name not in labels)
    apart = None
    if rule.split_by is not None and rule.split_by in labels:
        apart = LabelBreakdown(reading.parts[0], labels.index(rule.split_by), rule.split_by)
    return Group(rule.source, common, apart, reading.is_of_sessions)
