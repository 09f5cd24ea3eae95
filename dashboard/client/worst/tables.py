"""Where it is worst, by dimension: the rows of each table, and the worst pair in words; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

from analytics.geo.countries import value_name
from analytics.reports.segments.compared import Comparison, affected
from analytics.reports.segments.worst import WhereWorst, WorstPair
from dashboard.core.numbers import DASH, count, percent_text, points_text
from models.metrics.client_catalogue import METRICS
from models.metrics.dimensions import DIMENSIONS

FIGURE = "stability"
LATENCY = "latency_p95_ms"
MOST_ROWS = 5
# How a value stands in a sentence.
WHERE = {"country": "in", "effective_type": "on networks like", "browser": "in", "release": "with"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstRow:
    """People of one value. `low` and `high` are the 95 % interval of `value`, a share; `difference`
    is that from all other people, and `is_sure` whether its interval leaves out none. `None`: not
    counted, or not known."""

    value_key: str
    name: str
    sessions: int | None
    is_small: bool
    value: float | None
    low: float | None
    high: float | None
    difference: float | None
    is_sure: bool
    p95_ms: float | None

    @property
    def sessions_text(self) -> str:
        """`2,216`, a dash where they are not counted."""
        return DASH if self.sessions is None else count(self.sessions)

    @property
    def unjudged(self) -> str:
        """Why it is not judged, empty where it is."""
        if self.sessions is None:
            return "sessions not counted"
        return "too few sessions" if self.is_small else ""

    @property
    def has_bar(self) -> bool:
        """Whether its interval is drawn."""
        return not self.is_small and None not in (self.value, self.low, self.high)


def rows_of(comparison: Comparison, dimension: str) -> list[WorstRow]:
    """The rows of a dimension: people most affected first, then the worst, small samples last."""
    scores = affected(comparison, FIGURE)
    rows = [_row(comparison, dimension, index) for index in range(len(comparison.labels))]
    order = sorted(
        range(len(rows)),
        key=lambda index: (
            rows[index].is_small, -scores[index],
            2.0 if rows[index].value is None else rows[index].value, -(rows[index].sessions or 0),
        ),
    )  # fmt: skip
    return [rows[index] for index in order]


def pair_sentence(pair: WorstPair) -> str:
    """`Stability in Safari 18 with 2.4.1 is 71.2 % (66.0 % to 76.0 %), at least 12.3 pt ...`."""
    own, row = pair.comparison.figures[FIGURE], pair.row
    where = " ".join(f"{WHERE[name]} {value_name(name, value)}"
                     for name, value in pair.labels.items())  # fmt: skip
    sessions = count(pair.comparison.segments.additive.sessions[row])
    return (
        f"{METRICS[FIGURE].label} {where} is {percent_text(float(own.value[row]))} "
        f"({percent_text(float(own.low[row]))} to {percent_text(float(own.high[row]))}), at least "
        f"{points_text(pair.by)} under all others, in {sessions} sessions; neither alone is as bad."
    )


def labels_of(worst: WhereWorst) -> Mapping[str, str]:
    """The dimensions with a table, and their names."""
    return {name: DIMENSIONS[name] for name in worst.by_dimension}


def reasons_of(worst: WhereWorst) -> list[str]:
    """Why something was not counted, each reason once."""
    reasons = (each.segments.not_counted.values() for each in worst.by_dimension.values())
    return list(dict.fromkeys(str(reason) for some in reasons for reason in some))


def _row(comparison: Comparison, dimension: str, index: int) -> WorstRow:
    own, p95 = comparison.figures[FIGURE], comparison.figures[LATENCY]
    difference = comparison.from_others[FIGURE]
    sessions = _number(comparison.segments.additive.sessions[index])
    value = comparison.labels[index][dimension]
    return WorstRow(
        value_key=value,
        name=value_name(dimension, value),
        sessions=None if sessions is None else round(sessions),
        is_small=bool(comparison.small_sample[index]),
        value=_number(own.value[index]),
        low=_number(own.low[index]),
        high=_number(own.high[index]),
        difference=_number(difference.value[index]),
        is_sure=bool(difference.high[index] < 0 or difference.low[index] > 0),
        p95_ms=_number(p95.value[index]),
    )


def _number(value: float) -> float | None:
    return None if isnan(value) else float(value)
