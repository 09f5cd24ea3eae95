"""The baseline of a rule: read once an evaluation, and what is said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan

from analytics.alerting.rules.formulas import formula_of
from analytics.alerting.rules.rule import Rule
from analytics.baselines import by_hour
from analytics.baselines.by_hour import Reference
from analytics.notifications.wording import amount
from analytics.query.arrays import Floats
from analytics.query.formula import Calculation
from models.baselines import baselines as stored_baselines
from models.database.engine import Database
from models.metrics.grid import Grid
from models.queries.snapshot import snapshot

REMOVED = "its baseline was removed"


class NoBaselineValues(ValueError):
    """The baseline of a rule has no values of its metric."""


@dataclass(frozen=True, slots=True)
class RuleBaseline:
    """The name of a baseline, and its values as stored."""

    name: str
    packed: bytes

    def reference(self, rule: Rule, grid: Grid) -> Reference:
        """What `rule` compares each step with. Raises `NoBaselineValues`."""
        reference = by_hour.reference_of(self.packed, rule, grid)
        if reference is None:
            raise NoBaselineValues(f"the baseline {self.name} has no values of this metric")
        return reference

    def text(self, rule: Rule, measured: Floats | None, row: int, reference: Reference) -> str:
        """`412 ms, in the baseline June 290 ms at this hour of the day`; empty without values."""
        value = float("nan") if measured is None else float(measured[row])
        before = float(reference.value[-1])
        if isnan(value) or isnan(before):
            return ""
        formula = formula_of(rule.source, rule.metric, rule.aggregation)
        unit = "%" if formula.calculation is Calculation.SHARE else formula.unit
        return (
            f"{amount(value, unit)}, in the baseline {self.name} {amount(before, unit)} "
            "at this hour of the day"
        )


def load_baselines(database: Database, rules: Iterable[Rule]) -> Mapping[int, RuleBaseline]:
    """The baselines of `rules` by id, without those that were removed. Raises `DatabaseAway`."""
    ids = {rule.baseline for rule in rules if rule.baseline is not None}
    if not ids:
        return {}
    with snapshot(database) as connection:
        stored = stored_baselines.watched(connection, ids)
    return {number: RuleBaseline(each.name, each.by_hour) for number, each in stored.items()}
