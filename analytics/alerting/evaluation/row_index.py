"""Which row of the cells a label set of a rule is."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.alerting.rules.labels import Labels, common
from analytics.alerting.rules.rule import Rule

from .series_matrix import SeriesMatrix, key_of

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RowIndex:
    """The rows that pass a rule's filters, by what the rule is split by. `rest` is that of all
    labels which nobody counted, where it is known that there are none but those of `rows`."""

    rows: Mapping[Key, int]
    rest: int | None

    @classmethod
    def of(cls, rule: Rule, cells: SeriesMatrix) -> "RowIndex":
        """Only the rest lacks the label that a rule is split by."""
        chosen = common(rule, rule.filters).items()
        rows = {
            _key(rule, labels): place
            for place, labels in enumerate(cells.labels)
            if all(labels[name] == value for name, value in chosen)
        }
        rest = rows.pop((), None) if rule.split_by else None
        return cls(rows, rest)

    def find(self, labels: Labels) -> int | None:
        """The row of a label set."""
        return self.rows.get(key_of(labels), self.rest)


def _key(rule: Rule, labels: Labels) -> Key:
    split = rule.split_by
    return key_of({split: labels[split]} if split is not None and split in labels else {})
