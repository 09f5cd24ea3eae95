"""Whether the baseline of a rule is there, and is of what the rule is about."""

from analytics.alerting.evaluation.rule_baseline import RuleBaseline, load_baselines
from analytics.alerting.rules.checks import RuleFault
from analytics.alerting.rules.rule import Rule
from models.baselines.baselines import Baselines
from models.database.engine import Database


def baseline_of(database: Database, rule: Rule) -> RuleBaseline | None:
    """The baseline of a rule; `None`: it has none. Raises `RuleFault` and `DatabaseAway`."""
    if rule.baseline is None:
        return None
    stored = Baselines(database).find(rule.baseline)
    baseline = load_baselines(database, [rule]).get(rule.baseline)
    if stored is None or baseline is None:
        raise RuleFault("baseline", "must be one that is there")
    if stored.source != rule.source:
        raise RuleFault("baseline", f"must be one of the {rule.source}'s metrics")
    if dict(stored.filters) != rule.filters:
        pairs = ", ".join(f"{name}={value}" for name, value in stored.filters.items()) or "none"
        raise RuleFault("filters", f"must be those of the baseline: {pairs}")
    return baseline
