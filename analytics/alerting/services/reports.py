"""Reads alerts, rules and silences, for the API and the pages alike."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec.structs import asdict

from analytics.alerting.answers import (
    Acknowledged,
    AlertListResponse,
    AlertResponse,
    AlertTimelineResponse,
    AlertTransitionResponse,
    FiringCounts,
    PreviewResponse,
    RuleListResponse,
    RuleResponse,
    RuleVersionListResponse,
    RuleVersionResponse,
    SilenceListResponse,
    SilenceResponse,
    TransitionResponse,
)
from analytics.alerting.evaluation.measurements import load_incidents
from analytics.alerting.evaluation.rule_baseline import NoBaselineValues
from analytics.alerting.preview import incident_preview, preview
from analytics.alerting.preview.past import load_history
from analytics.alerting.records import load_rule, version_of
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.baseline_check import baseline_of
from analytics.baselines.answers import BaselineResponse
from analytics.baselines.reports import BaselineReports
from analytics.ranges.timerange import TimeRange
from models.alerts.alert_history import AlertFilter, AlertHistory
from models.alerts.alert_rules import AlertRules, StoredRule
from models.alerts.alerts import AlertRow, TransitionRow
from models.alerts.silences import Silences, StoredSilence
from models.database.engine import Database
from models.metrics.alert_state import ACTIVE, FIRING_STATES, State
from models.operations.job_runs import JobRuns

MOST_ALERTS = 10_000
MOST_RULES = 1000
JOB_NAME = "alerts"  # of the schedule
HISTORY_STATES = (*ACTIVE, State.RESOLVED, State.INACTIVE)  # retired after it had fired


class NoSuchRecord(LookupError):
    """No alert, rule or silence has this id; the text names it."""


class TooManyAlerts(ValueError):
    """More alerts than can be returned; the text says what to do."""


class AlertReports:
    """Queries about alerts. Every method raises `DatabaseAway`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._history = AlertHistory(database)
        self._rules = AlertRules(database)
        self._silences = Silences(database)
        self._runs = JobRuns(database)
        self._now = now

    def active(
        self,
        states: Sequence[State] = ACTIVE,
        severity: str | None = None,
        rule_id: int | None = None,
    ) -> AlertListResponse:
        """Live alerts; pending ones only when `states` includes them. Raises `TooManyAlerts`."""
        alert_filter = AlertFilter(states, severity, rule_id)
        return _alerts(self._history.live(alert_filter, MOST_ALERTS + 1))

    def between(
        self,
        window: TimeRange,
        states: Sequence[State] = HISTORY_STATES,
        severity: str | None = None,
        rule_id: int | None = None,
    ) -> AlertListResponse:
        """Alerts that were live within the range. Raises `TooManyAlerts`."""
        start, end, alert_filter = window.start, window.end, AlertFilter(states, severity, rule_id)
        return _alerts(self._history.between(start, end, alert_filter, MOST_ALERTS + 1))

    def rules_with_alerts(self) -> dict[int, str]:
        """Names of the rules that have alerts, by rule id, including removed rules."""
        return self._history.rules(MOST_RULES)

    def latest_changes(self, most: int) -> list[AlertTransitionResponse]:
        """The latest transitions of all alerts, newest first."""
        return [
            AlertTransitionResponse(
                alert_id=row.id,
                rule_id=row.rule_id,
                rule=row.rule,
                labels=row.labels,
                change=_transition(transition),
            )
            for row, transition in self._history.latest_changes(most)
        ]

    def last_evaluated_at(self) -> datetime | None:
        """When all rules were evaluated last."""
        runs = [run for run in self._runs.latest() if run.job == JOB_NAME]
        return runs[0].finished_at or runs[0].started_at if runs else None

    def firing(self) -> FiringCounts:
        """How many alerts fire, shown at the bell."""
        counts = self._history.counts(FIRING_STATES)
        acknowledged = counts.pop(State.ACKNOWLEDGED, 0)
        return FiringCounts(sum(counts.values()), acknowledged)

    def timeline(self, alert_id: int) -> AlertTimelineResponse:
        """One alert with its transitions. Raises `NoSuchRecord`."""
        stored = self._history.find(alert_id)
        if stored is None:
            raise NoSuchRecord(f"There is no alert {alert_id}.")
        row, transitions = stored
        return AlertTimelineResponse(
            alert=alert_response(row),
            transitions=[_transition(transition) for transition in transitions],
        )

    def rules(self) -> RuleListResponse:
        """All rules."""
        return RuleListResponse(rules=[rule_response(stored) for stored in self._rules.all()])

    def rule(self, rule_id: int) -> RuleResponse:
        """One rule. Raises `NoSuchRecord`."""
        stored = self._rules.find(rule_id)
        if stored is None:
            raise NoSuchRecord(f"There is no rule {rule_id}.")
        return rule_response(stored)

    def versions(self, rule_id: int) -> RuleVersionListResponse:
        """All versions of a rule, also of a removed one. Raises `NoSuchRecord`."""
        stored = self._rules.versions(rule_id)
        if not stored:
            raise NoSuchRecord(f"There is no rule {rule_id}.")
        return RuleVersionListResponse(
            versions=[
                RuleVersionResponse(
                    version=version.version,
                    at=version.at,
                    actor=version.actor,
                    rule=version_of(version.body),
                )
                for version in stored
            ]
        )

    def removed_rules(self, rule_ids: Collection[int]) -> dict[int, Rule]:
        """Last versions of removed rules by rule id, without those that are no longer valid."""
        bodies = self._rules.last_bodies(rule_ids)
        rules = {number: version_of(body) for number, body in bodies.items()}
        return {number: rule for number, rule in rules.items() if rule is not None}

    def preview(self, rule: Rule) -> PreviewResponse:
        """What a rule would have done in the last 30 days. Raises `RuleFault`."""
        check(rule)
        if rule.is_of_anomalies:
            now = self._now()
            filters = incident_preview.filters_of(rule, now)
            return incident_preview.preview_of(rule, load_incidents(self._database, filters), now)
        grid = preview.grid_of(rule, self._now())
        most = preview.MOST_LABEL_SETS
        baseline = baseline_of(self._database, rule)
        history = load_history(self._database, rule, grid, most)
        try:
            return preview.preview_of(rule, history, baseline)
        except NoBaselineValues as fault:
            raise RuleFault("baseline", str(fault)) from None

    def baselines(self) -> list[BaselineResponse]:
        """What rules can compare with, the newest first."""
        return BaselineReports(self._database).all().baselines

    def silences(self) -> SilenceListResponse:
        """Current and future silences."""
        stored = self._silences.unexpired(self._now())
        return SilenceListResponse(silences=[silence_response(silence) for silence in stored])

    def silence(self, silence_id: int) -> SilenceResponse:
        """One silence. Raises `NoSuchRecord`."""
        stored = self._silences.find(silence_id)
        if stored is None:
            raise NoSuchRecord(f"There is no silence {silence_id}.")
        return silence_response(stored)


def alert_response(row: AlertRow) -> AlertResponse:
    """A stored alert as the API returns it."""
    values = asdict(row) | asdict(row.alert_state)
    acknowledgement = row.alert_state.acknowledged
    values |= {
        "since": row.alert_state.started_at,
        "state_since": row.alert_state.since,
        "acknowledged": Acknowledged(**asdict(acknowledgement)) if acknowledgement else None,
    }
    return AlertResponse(**{name: values[name] for name in AlertResponse.__struct_fields__})


def rule_response(stored: StoredRule) -> RuleResponse:
    """A stored rule as the API returns it."""
    loaded_rule = load_rule(stored)
    return RuleResponse(
        id=stored.id,
        name=stored.name,
        version=stored.version,
        created_at=stored.created_at,
        changed_at=stored.changed_at,
        changed_by=stored.changed_by,
        rule=None if loaded_rule.fault else loaded_rule.rule,
        fault=loaded_rule.fault or None,
    )


def silence_response(stored: StoredSilence) -> SilenceResponse:
    """A stored silence as the API returns it."""
    values = {name: getattr(stored, name) for name in SilenceResponse.__struct_fields__}
    return SilenceResponse(**(values | {"labels": dict(stored.labels)}))


def _alerts(rows: list[AlertRow]) -> AlertListResponse:
    if len(rows) > MOST_ALERTS:
        raise TooManyAlerts(f"There are more than {MOST_ALERTS}: ask for a shorter range.")
    return AlertListResponse(alerts=[alert_response(row) for row in rows])


def _transition(row: TransitionRow) -> TransitionResponse:
    names = TransitionResponse.__struct_fields__
    return TransitionResponse(**{name: getattr(row, name) for name in names})
