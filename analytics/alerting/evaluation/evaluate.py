"""Evaluates one rule: an observation for each of its label sets."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.rules.formulas import counts_rows, counts_silence, formula_for
from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import Rule
from analytics.query.arrays import Arrays, LabelKey, key_of

from .row_index import RowIndex
from .rule_baseline import RuleBaseline
from .window_values import WindowValues, latest_values

STALE_AFTER = {"client": timedelta(minutes=3), "server": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Freshness:
    """Time of the `latest` row of a source, and whether it sent any within the last day."""

    latest: datetime | None
    has_recent_rows: bool

    def is_stale(self, source: str, now: datetime) -> bool:
        """Whether the latest row is too old to judge the present by."""
        return self.latest is None or now - self.latest > STALE_AFTER[source]


def observations(
    rule: Rule,
    arrays: Arrays,
    freshness: Freshness,
    live: Iterable[Labels],
    now: datetime,
    *,
    baseline: RuleBaseline | None = None,
) -> Iterator[tuple[Labels, Observation]]:
    """An observation of each label set of `arrays` that passes the filters, and each live alert.

    `baseline` is that of the rule. Without recent rows of the source only live alerts are
    observed: a source that never sent anything cannot have gone silent.
    """
    formula = formula_for(rule)
    reference = baseline.reference(rule, arrays.grid) if baseline else None
    window_values = latest_values(rule, formula, arrays, reference)
    fires, clears, enough = window_values.verdicts(rule)
    may_be_silent = counts_rows(rule) or counts_silence(rule)
    is_stale = freshness.is_stale(rule.source, now) and not may_be_silent
    row_index = RowIndex.of(rule, arrays)
    for key in _label_keys(rule, row_index.rows, live, has_recent_rows=freshness.has_recent_rows):
        labels, row = dict(key), row_index.find(key)
        if is_stale:
            yield labels, Observation(Verdict.STALE, reason="the source tells nothing new")
        elif row is None:
            yield labels, _observation_without_row(rule)
        else:
            verdict = _verdict(bool(enough[row]), bool(fires[row]), bool(clears[row]))
            observation = _observation(rule, verdict, window_values, row)
            if baseline is not None and reference is not None and not observation.reason:
                reason = baseline.text(rule, window_values.measured, row, reference)
                observation = replace(observation, reason=reason)
            yield labels, observation


def _label_keys(
    rule: Rule,
    rows: Mapping[LabelKey, int],
    live: Iterable[Labels],
    *,
    has_recent_rows: bool,
) -> list[LabelKey]:
    keys = {key_of(labels) for labels in live}
    if has_recent_rows:
        keys |= set(rows) | (set() if rule.split_by else {()})
    return sorted(keys)


def _observation_without_row(rule: Rule) -> Observation:
    """No rows are a count of 0 for rules that count rows, and no data for all others."""
    if not counts_rows(rule):
        return Observation(Verdict.TOO_FEW, reason="nothing was measured")
    zero = np.zeros(1)
    fires, clears, _ = WindowValues(zero, zero, zero).verdicts(rule)
    return Observation(_verdict(rule.minimum_n == 0, bool(fires[0]), bool(clears[0])), 0.0)


def _verdict(enough: bool, fires: bool, clears: bool) -> Verdict:
    if not enough:
        return Verdict.TOO_FEW
    if fires:
        return Verdict.FIRES
    return Verdict.CLEAR if clears else Verdict.BETWEEN


def _observation(
    rule: Rule, verdict: Verdict, window_values: WindowValues, row: int
) -> Observation:
    value, n = float(window_values.value[row]), int(window_values.n[row])
    counted = int(window_values.least_by[row])
    noun = "" if window_values.sessions is None else " sessions"
    is_few = verdict is Verdict.TOO_FEW
    reason = f"only {counted} of at least {rule.minimum_n}{noun}" if is_few else ""
    return Observation(verdict, None if np.isnan(value) else value, n, reason)
