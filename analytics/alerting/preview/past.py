"""Reads the history a rule is previewed on: of its filters alone, split as the rule is.

Sessions are counted in the hour they began in, as in the charts of them.
"""

from dataclasses import replace

from analytics.alerting.evaluation import measurements
from analytics.alerting.rules.formulas import formula_for
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.labels import source_filters
from analytics.alerting.rules.rule import Rule
from analytics.query.arrays import Arrays
from models.database.engine import Database
from models.metrics.grid import Grid


def load_history(database: Database, rule: Rule, grid: Grid, most: int) -> Arrays:
    """The arrays of one rule over `grid`, of the `most` largest label sets.

    Raises `DatabaseAway`.
    """
    filters = source_filters(rule, rule.filters)
    group = group_of(rule)
    split = tuple(name for name in group.dimensions if name not in filters)
    query = replace(
        measurements.query_of(group, [formula_for(rule)], grid),
        filters={name: (value,) for name, value in filters.items()},
        group_by=split,
        most=most,
        is_live=False,
    )
    arrays = measurements.read_group(database, group, query)
    if filters and not arrays.observed.any():  # nothing has these values
        arrays = arrays.select([])
    return replace(arrays, labels=[{**labels, **filters} for labels in arrays.labels])
