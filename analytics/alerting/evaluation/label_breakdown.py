"""Joins a sum that is split by a part of its label to the other sums of a group of rules."""

from dataclasses import replace

import numpy as np

from analytics.query.arrays import Arrays, Floats, key_of
from analytics.query.query import LabelPart


def join_breakdown(
    total: Arrays, by_label: Arrays, part: LabelPart, *, is_complete: bool
) -> Arrays:
    """One row per label set of `by_label`, with the other sums of the matching row of `total`.

    When `is_complete`, `by_label` holds all labels there are: the rows of `total` come first then,
    with amount 0, and stand for every label that did not occur.
    """
    total_rows, matched, total_index = total.rows, [], []
    for number, labels in enumerate(by_label.labels):
        common = {name: value for name, value in labels.items() if name != part.name}
        if (total_row := total_rows.get(key_of(common))) is not None:
            matched.append(number)
            total_index.append(total_row)
    unlabelled = list(range(len(total.labels))) if is_complete else []
    zeros = np.zeros((len(unlabelled), total.grid.steps))
    own = by_label.select(matched)

    def amounts(series: Floats) -> Floats:
        return np.concatenate([zeros, series])

    joined = total.select([*unlabelled, *total_index])
    name = part.sum_name
    return replace(
        joined,
        labels=[*joined.labels[: len(unlabelled)], *own.labels],
        sums={**joined.sums, name: amounts(own.sums[name])},
    )
