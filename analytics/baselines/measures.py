"""What is compared with a baseline: every metric of the catalogues by each aggregation a rule can
have of it, but counts, which depend on the length of a range; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analytics.alerting.rules.formulas import aggregations_of, formula_of
from analytics.alerting.rules.rule import QUANTILES, Aggregation, Source
from analytics.query.formula import Calculation, Formula
from analytics.query.series import SPLITS
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Metric, Worse
from models.metrics.server_catalogue import SERVER_CATALOG, ServerMetric

SHARE = "share"  # the unit of shares, from 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of a range. `unit` is never empty: `number` is a level, `share` is from 0 to
    1."""

    source: Source
    metric: str
    aggregation: Aggregation
    label: str
    unit: str
    worse: Worse
    formula: Formula

    @property
    def is_share(self) -> bool:
        """Whether it is from 0 to 1, and differs by points."""
        return self.formula.calculation is Calculation.SHARE


def measures_of(source: Source) -> Sequence[Measure]:
    """The measures of a source, in the order of its catalogue."""
    return MEASURES[source]


def _measures(source: Source) -> Iterator[Measure]:
    catalogue: Sequence[Metric | ServerMetric] = CATALOG if source == "client" else SERVER_CATALOG
    for metric in (each for each in catalogue if each.key not in SPLITS):
        for aggregation in aggregations_of(source, metric.key):
            if aggregation != "count":
                yield _measure(source, metric, aggregation)


def _measure(source: Source, metric: Metric | ServerMetric, aggregation: Aggregation) -> Measure:
    formula = formula_of(source, metric.key, aggregation)
    is_share = formula.calculation is Calculation.SHARE
    variant = f" {aggregation}" if aggregation in QUANTILES else ""
    return Measure(
        source=source,
        metric=metric.key,
        aggregation=aggregation,
        label=f"{metric.label}{variant}",
        unit=SHARE if is_share else formula.unit or "number",
        worse=metric.worse,
        formula=formula,
    )


MEASURES: Mapping[Source, Sequence[Measure]] = {
    "client": tuple(_measures("client")),
    "server": tuple(_measures("server")),
}
