"""By how much a value is worse than a baseline, for many windows at once; pure."""

import numpy as np

from analytics.alerting.rules.checks import MOST_TIMES
from analytics.alerting.rules.labels import metric_of
from analytics.alerting.rules.rule import Rule
from analytics.baselines.by_hour import Reference
from analytics.query.arrays import Floats
from analytics.query.formula import Calculation, Formula, Values
from models.metrics.metric import Worse


def worse_by(
    rule: Rule, formula: Formula, values: Values, reference: Reference
) -> tuple[Floats, Floats]:
    """How much worse, as the thresholds of the rule are meant, and the same at the end of the 95 %
    interval that is less bad: of a share Newcombe's (1998, method 10), of all else the value
    itself. `reference` has the shape of the steps."""
    metric = metric_of(rule.source, rule.metric)
    sign = -1.0 if metric is not None and metric.worse is Worse.DOWN else 1.0
    worse = sign * (values.value - reference.value)
    if formula.calculation is not Calculation.SHARE:
        relative = _relative(worse, reference.value)
        return relative, relative
    if sign > 0:
        own, other = values.value - values.low, reference.high - reference.value
    else:
        own, other = values.high - values.value, reference.value - reference.low
    return worse, worse - np.hypot(own, other)


def _relative(worse: Floats, baseline: Floats) -> Floats:
    """To a baseline of 0 whatever is more is `MOST_TIMES` as bad."""
    ratio = np.full(worse.shape, np.nan)
    np.divide(worse, baseline, out=ratio, where=baseline > 0)
    of_none = np.where(worse > 0, MOST_TIMES, 0.0)
    ratio = np.where((baseline == 0) & ~np.isnan(worse), of_none, ratio)
    relative: Floats = np.minimum(ratio, MOST_TIMES)
    return relative
