"""Which reports of a selection judge ends by kind, and since when; pure.

Monitors before 2.0 counted a drop by another rule and told no kinds. So kinds are those of the
reports that judge, `None` without any, and no comparison crosses the beginning unsaid.
"""

from datetime import datetime

import numpy as np

from analytics.query import not_counted
from analytics.query.arrays import Arrays
from analytics.query.not_counted import NotCounted
from analytics.reports.client_answers import Summary
from models.metrics.client_catalogue import CATALOG

JUDGED_REPORTS = "judged_reports"
# Drops and what follows from them: monitors before 2.0 count these by another rule, or not.
TWO_RULES = frozenset(
    (
        *(metric.key for metric in CATALOG if metric.is_judged),
        *("drops", "failed", "reconnect_attempts", "reconnect_successes", "reconnect_success"),
        *("downtime_ms", "recovery_ms", "abnormal_closes", "stability"),
    )
)


def judged_from(arrays: Arrays) -> datetime | None:
    """The start of the first step with reports that judge, where earlier ones do not."""
    judged = arrays.n_of(JUDGED_REPORTS).sum(axis=0)
    steps = np.flatnonzero(judged)
    if not len(steps) or not arrays.observed[:, : steps[0]].any():
        return None
    return arrays.grid.edges[int(steps[0])]


def have_two_rules(now: Summary, before: Summary) -> bool:
    """Whether drops of the two were counted by different rules: both by neither alone, or each by
    its own. A range without reports was counted by none."""
    return bool(now.reports and before.reports) and _judges(now) != _judges(before)


def _judges(summary: Summary) -> bool | None:
    """Whether the reports judge; `None`: some of them."""
    if 0 < summary.judged_reports < summary.reports:
        return None
    return summary.judged_reports > 0


def reason(arrays: Arrays) -> NotCounted | None:
    """Why kinds are not those of all reports, `None` where they are."""
    reports, judged = (
        round(float(series.sum())) for series in (arrays.observed, arrays.n_of(JUDGED_REPORTS))
    )
    if judged >= reports:
        return None
    if not judged:
        return not_counted.BEFORE_KINDS
    since = judged_from(arrays)
    begin = f", the first at {since:%Y-%m-%dT%H:%MZ}" if since else ""
    return NotCounted(
        f"Counted by {judged} of {reports} reports{begin}: monitors before 2.0 do not judge how a "
        "connection ended.",
        "Choose a range in which all pages load the browser monitor 2.0.",
    )
