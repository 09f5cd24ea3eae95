"""Maps the label sets of a rule to rows of the arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.alerting.rules.labels import Labels, source_filters
from analytics.alerting.rules.rule import Rule
from analytics.query.arrays import Arrays, LabelKey, key_of


@dataclass(frozen=True, slots=True)
class RowIndex:
    """Matrix rows that pass a rule's filters, by the label the rule is split by. `zero_row` stands
    for every label that did not occur; `None` when `rows` may not hold all labels that did."""

    rows: Mapping[LabelKey, int]
    zero_row: int | None

    @classmethod
    def of(cls, rule: Rule, arrays: Arrays) -> "RowIndex":
        """The row without the label that the rule is split by becomes `zero_row`."""
        filters = source_filters(rule, rule.filters).items()
        rows = {
            _key(rule, labels): number
            for number, labels in enumerate(arrays.labels)
            if all(labels[name] == value for name, value in filters)
        }
        zero_row = rows.pop((), None) if rule.split_by else None
        return cls(rows, zero_row)

    def find(self, key: LabelKey) -> int | None:
        """The arrays row of a label set, `None` when it has no measurements."""
        return self.rows.get(key, self.zero_row)


def _key(rule: Rule, labels: Labels) -> LabelKey:
    split = rule.split_by
    return key_of({split: labels[split]} if split is not None and split in labels else {})
