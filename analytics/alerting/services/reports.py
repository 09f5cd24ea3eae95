"""Reads alerts, rules and silences: API and pages ask the same methods, so they agree."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from analytics.alerting.answers import (
    Acknowledged,
    AlertAnswer,
    AlertsAnswer,
    AlertStory,
    ChangeAnswer,
    PreviewAnswer,
    RuleAnswer,
    RulesAnswer,
    SilenceAnswer,
    SilencesAnswer,
    TransitionAnswer,
    VersionAnswer,
    VersionsAnswer,
)
from analytics.alerting.lifecycle.alert_state import ACTIVE, State
from analytics.alerting.preview import preview
from analytics.alerting.preview.past import past
from analytics.alerting.records import known, version_of
from analytics.alerting.rules.checks import check
from analytics.alerting.rules.rule import Rule
from analytics.ranges.timerange import TimeRange
from models.alerts.alert_history import AlertFilter, AlertHistory
from models.alerts.alert_rules import AlertRules, StoredRule
from models.alerts.alerts import AlertRow, TransitionRow
from models.alerts.silences import Silences, StoredSilence
from models.database.engine import Database
from models.operations.job_runs import JobRuns

MOST_ALERTS = 10_000
MOST_RULED = 1000
JOB_NAME = "alerts"  # of the schedule
SHOWN_IN_HISTORY = (*ACTIVE, State.RESOLVED, State.INACTIVE)  # put away after it had fired


class NoSuch(LookupError):
    """There is no such thing; the text says what."""


class TooMany(ValueError):
    """The answer would be too long; the text says what to do."""


class AlertReports:
    """Answers about alerts. Every method raises `DatabaseAway`."""

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
    ) -> AlertsAnswer:
        """Live alerts; pending ones only when asked for. Raises `TooMany`."""
        wanted = AlertFilter(states, severity, rule_id)
        return _alerts(self._history.live(wanted, MOST_ALERTS + 1))

    def between(
        self,
        window: TimeRange,
        states: Sequence[State] = SHOWN_IN_HISTORY,
        severity: str | None = None,
        rule_id: int | None = None,
    ) -> AlertsAnswer:
        """Alerts whose trouble touched the range. Raises `TooMany`."""
        start, end, wanted = window.start, window.end, AlertFilter(states, severity, rule_id)
        return _alerts(self._history.between(start, end, wanted, MOST_ALERTS + 1))

    def ruled(self) -> dict[int, str]:
        """The rules that have alerts on record, by number: also those that are gone."""
        return self._history.rules(MOST_RULED)

    def latest_changes(self, most: int) -> list[ChangeAnswer]:
        """The newest changes of state of all alerts, the newest first."""
        return [
            ChangeAnswer(
                alert_id=row.id,
                rule_id=row.rule_id,
                rule=row.rule,
                labels=row.labels,
                change=_transition(transition),
            )
            for row, transition in self._history.latest_changes(most)
        ]

    def looked_at(self) -> datetime | None:
        """When all rules were evaluated last."""
        found = [run for run in self._runs.latest() if run.job == JOB_NAME]
        return found[0].finished_at or found[0].started_at if found else None

    def firing(self) -> int:
        """How many alerts fire now and nobody takes care of: the number at the bell."""
        return self._history.count((State.FIRING, State.FLAPPING))

    def story(self, alert_id: int) -> AlertStory:
        """One alert with its transitions. Raises `NoSuch`."""
        found = self._history.find(alert_id)
        if found is None:
            raise NoSuch(f"There is no alert {alert_id}.")
        row, transitions = found
        return AlertStory(
            alert=alert_of(row), transitions=[_transition(one) for one in transitions]
        )

    def rules(self) -> RulesAnswer:
        """All rules."""
        return RulesAnswer(rules=[rule_answer(stored) for stored in self._rules.all()])

    def rule(self, rule_id: int) -> RuleAnswer:
        """One rule. Raises `NoSuch`."""
        stored = self._rules.find(rule_id)
        if stored is None:
            raise NoSuch(f"There is no rule {rule_id}.")
        return rule_answer(stored)

    def versions(self, rule_id: int) -> VersionsAnswer:
        """What became of a rule, also of one that was removed. Raises `NoSuch`."""
        found = self._rules.versions(rule_id)
        if not found:
            raise NoSuch(f"There is no rule {rule_id}.")
        return VersionsAnswer(
            versions=[
                VersionAnswer(
                    version=one.version, at=one.at, actor=one.actor, rule=version_of(one.body)
                )
                for one in found
            ]
        )

    def former(self, rule_ids: Collection[int]) -> dict[int, Rule]:
        """Rules that are gone, as they were last; without those that cannot be read any more."""
        bodies = self._rules.last_bodies(rule_ids)
        rules = {number: version_of(body) for number, body in bodies.items()}
        return {number: rule for number, rule in rules.items() if rule is not None}

    def preview(self, rule: Rule) -> PreviewAnswer:
        """What a rule would have done in the last 30 days. Raises `RuleFault`."""
        check(rule)
        grid = preview.grid_of(rule, self._now())
        most = preview.MOST_LABEL_SETS
        return preview.preview_of(rule, past(self._database, rule, grid, most))

    def silences(self) -> SilencesAnswer:
        """Silences of now and of later."""
        found = self._silences.not_over(self._now())
        return SilencesAnswer(silences=[silence_answer(one) for one in found])

    def silence(self, silence_id: int) -> SilenceAnswer:
        """One silence. Raises `NoSuch`."""
        found = self._silences.find(silence_id)
        if found is None:
            raise NoSuch(f"There is no silence {silence_id}.")
        return silence_answer(found)


def alert_of(row: AlertRow) -> AlertAnswer:
    """A stored alert as it is told."""
    given = None
    if row.ack_by is not None and row.ack_at is not None:
        given = Acknowledged(
            by=row.ack_by, note=row.ack_note or "", at=row.ack_at, until=row.ack_until
        )
    return AlertAnswer(
        id=row.id,
        rule_id=row.rule_id,
        rule=row.rule,
        labels=row.labels,
        state=row.state,
        severity=row.severity,
        since=row.started_at,
        state_since=row.since,
        fired_at=row.fired_at,
        ended_at=row.ended_at,
        told_at=row.told_at,
        value=row.value,
        threshold=row.threshold,
        n=row.n,
        acknowledged=given,
    )


def rule_answer(stored: StoredRule) -> RuleAnswer:
    """A stored rule as it is told."""
    found = known(stored)
    return RuleAnswer(
        id=stored.id,
        name=stored.name,
        version=stored.version,
        created_at=stored.created_at,
        changed_at=stored.changed_at,
        changed_by=stored.changed_by,
        rule=None if found.fault else found.rule,
        fault=found.fault or None,
    )


def silence_answer(stored: StoredSilence) -> SilenceAnswer:
    """A stored silence as it is told."""
    values = {name: getattr(stored, name) for name in SilenceAnswer.__struct_fields__}
    return SilenceAnswer(**(values | {"labels": dict(stored.labels)}))


def _alerts(rows: list[AlertRow]) -> AlertsAnswer:
    if len(rows) > MOST_ALERTS:
        raise TooMany(f"There are more than {MOST_ALERTS}: ask for a shorter range.")
    return AlertsAnswer(alerts=[alert_of(row) for row in rows])


def _transition(row: TransitionRow) -> TransitionAnswer:
    names = TransitionAnswer.__struct_fields__
    return TransitionAnswer(**{name: getattr(row, name) for name in names})
