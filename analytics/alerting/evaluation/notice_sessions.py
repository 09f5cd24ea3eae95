"""Whether one session makes too much of the value that a notice tells."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.rules.formulas import formula_for
from analytics.query.engine import Engine
from analytics.query.formula import Calculation, Formula
from analytics.query.query import Query, SeriesSource
from analytics.ranges.timerange import TimeRange
from models.database.engine import Connection, Database, DatabaseAway
from models.metrics.client_columns import OF_SESSIONS
from models.metrics.grid import Grid
from models.queries.snapshot import snapshot

MOST_NOTICES = 10  # of one evaluation
KINDS = ("firing", "repeat")
MESSAGES = ("sent", "received")
logger = logging.getLogger(__name__)


def largest_sessions(
    database: Database, changes: Sequence[tuple[int, AlertChange]], now: datetime
) -> dict[int, float]:
    """By alert id the share that one session makes of the value, of notices about browsers where
    that is too much. A failed query leaves it unsaid: the notice matters more."""
    due = [
        (alert_id, change, quantity)
        for alert_id, change in changes
        if change.notice_kind in KINDS and not change.loaded_rule.fault
        if change.loaded_rule.rule.source == "client"
        if (quantity := quantity_of(formula_for(change.loaded_rule.rule))) is not None
    ]
    if not due:
        return {}
    shares: dict[int, float] = {}
    try:
        with snapshot(database) as connection:
            for alert_id, change, quantity in due[:MOST_NOTICES]:
                share = _share(connection, change, quantity, now)
                if share is not None:
                    shares[alert_id] = share
    except DatabaseAway:
        raise
    except Exception:
        logger.exception("cannot read the largest sessions of alerts")
    return shares


def quantity_of(formula: Formula) -> str | None:
    """What is counted of a session: its durations, its part of the denominator of a share, else of
    the count; `None` where that is not counted by session."""
    if formula.durations:
        return formula.durations
    is_share = formula.calculation is Calculation.SHARE
    names = formula.denominator if is_share else formula.numerator
    if names == MESSAGES:
        return "messages"
    return names[0] if len(names) == 1 and names[0] in OF_SESSIONS else None


def _share(
    connection: Connection, change: AlertChange, quantity: str, now: datetime
) -> float | None:
    rule = change.loaded_rule.rule
    formula = formula_for(rule)
    window = TimeRange(now - timedelta(seconds=rule.window_seconds), now)
    query = Query(
        source=SeriesSource.CLIENT, metrics=(formula,), window=window,
        filters={name: (value,) for name, value in {**rule.filters, **change.row.labels}.items()},
        grid=Grid((window.start, window.end)),
    )  # fmt: skip
    engine = Engine(connection)
    arrays = engine.with_largest_sessions(engine.plan(query))
    if formula.durations:
        total = float(arrays.histograms[formula.durations].counts.sum())
    else:
        names = MESSAGES if quantity == "messages" else (quantity,)
        total = sum(float(arrays.sums[name].sum()) for name in names)
    return arrays.largest.share(quantity, total) if arrays.largest else None
