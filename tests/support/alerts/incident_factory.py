"""Factory of incidents as rules about anomalies judge them."""

from datetime import timedelta
from typing import Any

from msgspec.structs import asdict, replace

from analytics.alerting.evaluation.incident_rules import RuleIncident
from analytics.alerting.rules.defaults import DEFAULT_RULES
from models.anomalies.incidents import IncidentRow
from models.metrics.anomalies.incident import IncidentFigures, IncidentKind, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey
from tests.support.clock import NOON

HIGH = next(rule for rule in DEFAULT_RULES if rule.name == "High anomaly of browsers")
DROPS = SeriesKey("client", "portal", "drops")
ERRORS = SeriesKey("client", "portal", "error_rate")
HOUR = timedelta(hours=1)
FIGURES = IncidentFigures(
    kind=IncidentKind.DEVIATION, severity="high", started_at=NOON - HOUR, until=NOON,
    ended_at=None, peak_at=NOON - HOUR / 2, scale="sudden", observed=41.0, expected=6.2, low=2.0,
    high=9.0, rho=3.1,
)  # fmt: skip
SENTENCE = "87 % of the extra drops: Brazil (usually 12 %)."


def incident(rho: float = 3.1, **fields: Any) -> RuleIncident:
    """An incident of drops, with a part of message errors at a rho of 1.6."""
    row = IncidentRow(
        **asdict(FIGURES), id=7, key=DROPS, explanation={"sentence": SENTENCE}, causes=[],
        feedback=None, part_count=2, updated_at=NOON,
    )  # fmt: skip
    part = IncidentPart(**asdict(FIGURES), series_id=1, key=ERRORS, steps=3)
    return RuleIncident(replace(row, rho=rho, **fields), [replace(part, rho=1.6)])
