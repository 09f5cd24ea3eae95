"""A comparison with a baseline as CSV, a row each measure; in its unit, shares from 0 to 1."""

from analytics.baselines.answers import BaselineComparison, MeasureComparison
from analytics.formatting.csv_text import Cell
from ingest.routing.route import Table
from ingest.routing.series_table import ranged_name

HEADER = (
    *("baseline", "metric", "aggregation", "label", "unit", "value", "n", "baseline_value"),
    *("baseline_n", "difference", "low", "high", "change", "change_low", "change_high", "p"),
    *("is_real", "verdict", "method", "reason"),
)


def comparison_table(comparison: BaselineComparison) -> Table:
    """The measures in the order of the catalogue."""
    name = comparison.baseline.name
    return Table(
        name=ranged_name("baseline", comparison.start, comparison.end),
        header=HEADER,
        rows=[_cells(name, each) for each in comparison.measures],
    )


def _cells(baseline: str, each: MeasureComparison) -> list[Cell]:
    return [
        baseline, each.metric, each.aggregation, each.label, each.unit, each.value, each.n,
        each.baseline, each.baseline_n, each.difference, each.low, each.high, each.change,
        each.change_low, each.change_high, each.p,
        "yes" if each.is_real else "no", each.verdict.value if each.verdict else None,
        each.method, each.reason,
    ]  # fmt: skip
