"""Reports spread over the ages of their sessions; pure."""

from collections.abc import Sequence

import numpy as np

from analytics.correlation.sessions.table import AGE_SECONDS, MOST_AGES, Ints

AGE_MS = AGE_SECONDS * 1000


def bins_of(lengths_ms: Ints) -> Ints:
    """The number of bins of each session: one for each begun `AGE_SECONDS`, at least one."""
    return np.clip(-(-lengths_ms // AGE_MS), 1, MOST_AGES)


def spread(
    session: Ints, begins: Ints, ends: Ints, amounts: Sequence[Ints], bins: Ints
) -> list[Ints]:
    """Amounts of reports by the age bins of their sessions.

    R reports: `session` [R] is the number of theirs, `begins` and `ends` [R] its age in ms, each of
    `amounts` [R] what they count. An amount is divided over the bins that the report covers in
    proportion to the time, in whole numbers that add up to it; one without length belongs to the
    bin in which it ends. `bins` [S] are the bins of each session; what is later is left out. Each
    answer is [sum of `bins`].
    """
    first = np.cumsum(bins) - bins
    from_bin = np.minimum(begins, np.maximum(ends - 1, 0)) // AGE_MS
    to_bin = np.maximum(from_bin, (ends - 1) // AGE_MS)
    pieces = to_bin - from_bin + 1
    report = np.repeat(np.arange(session.size), pieces)
    number = np.arange(report.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    age = from_bin[report] + number
    length = np.maximum(ends - begins, 1)[report]
    until = np.minimum((age + 1) * AGE_MS - begins[report], length)
    since = np.where(number > 0, age * AGE_MS - begins[report], 0)
    until = np.where(age == to_bin[report], length, until)
    is_there = age < bins[session[report]]
    at = (first[session[report]] + age)[is_there]
    parts = (each[report] * until // length - each[report] * since // length for each in amounts)
    total = int(bins.sum())
    return [_summed(at, part[is_there], total) for part in parts]


def _summed(at: Ints, amounts: Ints, total: int) -> Ints:
    sums = np.zeros(total, dtype=np.int64)
    np.add.at(sums, at, amounts)
    return sums
