"""Evaluates rules about anomalies: an observation for each incident, so that the alert lives as
long as it; pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analytics.alerting.lifecycle.observation import Observation, Verdict
from analytics.alerting.rules.labels import Labels
from analytics.alerting.rules.rule import ANOMALIES, Rule
from analytics.anomalies import naming
from analytics.formatting.numbers import change
from analytics.notifications.wording import amount
from analytics.query.arrays import key_of
from models.anomalies.incidents import IncidentRow
from models.metrics.anomalies.incident import FeedbackVerdict, IncidentFigures, IncidentPart
from models.metrics.anomalies.series_key import SeriesKey

INCIDENT = "incident"  # the label with its number
MOST_INCIDENTS = 500  # that are read at once, the newest
ENDED = "the incident is over"
NOT_READ = "more incidents go on than are read"
EXPECTED = "a person said that this was expected"
UNITS = {"share": "%", "count": "", "number": ""}  # of series, as messages have them
PAGES = {
    "client": "/admin/websocket-client-metrics/anomalies",
    "server": "/admin/websocket-analytics/anomalies",
}


@dataclass(frozen=True, slots=True)
class RuleIncident:
    """An incident with the series that take part."""

    row: IncidentRow
    parts: Sequence[IncidentPart]

    @property
    def labels(self) -> Labels:
        """Those of its alerts."""
        return {"app": self.row.key.app, INCIDENT: str(self.row.id)}

    def figures_of(self, rule: Rule) -> tuple[SeriesKey, IncidentFigures] | None:
        """What the rule is about: of its metric the part that deviates most, of all metrics the
        leading one; `None`: it is about something else."""
        if rule.source != self.row.key.source:
            return None
        if rule.filters.get("app", self.row.key.app) != self.row.key.app:
            return None
        if rule.metric == ANOMALIES:
            return self.row.key, self.row
        parts = [part for part in self.parts if part.key.metric == rule.metric]
        first = max(parts, key=lambda part: part.rho, default=None)
        return None if first is None else (first.key, first)


def observations(
    rule: Rule, incidents: Sequence[RuleIncident], live: Iterable[Labels]
) -> Iterator[tuple[Labels, Observation]]:
    """An observation of each incident that the rule is about, and of each live alert, whose
    incident may have ended: or not, where more go on than are read."""
    keys = set()
    for incident in incidents:
        about = incident.figures_of(rule)
        if about is not None:
            keys.add(key_of(incident.labels))
            yield incident.labels, _observation(rule, incident.row, *about)
    absent = Observation(Verdict.CLEAR, reason=ENDED)
    if len(incidents) >= MOST_INCIDENTS:
        absent = Observation(Verdict.STALE, reason=NOT_READ)
    for labels in live:
        if key_of(labels) not in keys:
            yield labels, absent


def incident_path(source: str, labels: Labels) -> str:
    """Path and query of the incident's page."""
    return f"{PAGES[source]}?incident={labels[INCIDENT]}"


def _observation(
    rule: Rule, row: IncidentRow, key: SeriesKey, about: IncidentFigures
) -> Observation:
    if row.feedback is not None and row.feedback.verdict is FeedbackVerdict.EXPECTED:
        return Observation(Verdict.CLEAR, about.rho, reason=EXPECTED)
    verdict = Verdict.FIRES if about.rho >= rule.fire else Verdict.CLEAR
    return Observation(verdict, about.rho, reason=_text(row, key, about))


def _text(row: IncidentRow, key: SeriesKey, about: IncidentFigures) -> str:
    """`Drops: 41.0 where 2.00 to 9.00 is usual, +561 %. 87 % of the extra drops: Brazil (...).`"""
    series = naming.series_of(key.source, key.metric)
    unit = UNITS.get(series.unit, series.unit) if series is not None else ""
    text = naming.label_of(key.source, key.metric)
    text += f" of {naming.slice_text(key.labels)}" if key.labels else ""
    text += f": {'nothing' if about.observed is None else amount(about.observed, unit)}"
    if about.low is not None and about.high is not None:
        text += f" where {amount(about.low, unit)} to {amount(about.high, unit)} is usual"
    if about.deviation_percent is not None:
        text += f", {change(about.deviation_percent / 100)}"
    sentence = str((row.explanation or {}).get("sentence", ""))
    return f"{text}. {sentence}".strip()
