"""Evaluates all alert rules, and writes changed alerts and their notices in one transaction.

Measurements are read before that transaction, to keep it short. Where a later evaluation was
written meanwhile, this one's is dropped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from analytics.alerting.evaluation import (
    alert_notices,
    evaluation_round,
    measurements,
    notice_sessions,
    notifying,
)
from analytics.alerting.evaluation.alert_notices import NoticeGroup
from analytics.alerting.evaluation.evaluation_round import AlertChange, Evaluation, LoadedAlerts
from analytics.alerting.lifecycle.state_machine import FLAPPING_WINDOW
from analytics.alerting.policy.planned_restarts import PlannedRestart
from analytics.alerting.records import LoadedRule, body_of, load_rule, silence_of, transition_row
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.notifications.notice import Notice
from analytics.query.read_plan import DAY
from models.alerts import alert_rules, alerts, outbox, recipients, silences
from models.alerts.outbox import OutgoingMessage
from models.alerts.recipients import Recipient
from models.alerts.silences import StoredSilence
from models.database.engine import Connection
from models.database.signs_of_life import signs_of_life
from models.metrics.alert_state import State
from models.queries import load_test_windows
from models.raw import events
from settings import Settings

from .job import JobContext

LOAD_TESTS_SINCE = timedelta(hours=2)  # the longest window of a rule, and what it waits for
NO_MAIL, NO_RECIPIENT = "no e-mail is set up", "there is no recipient"


def step(context: JobContext) -> str:
    """One evaluation of all rules."""
    now, database = context.now(), context.database
    with database.transaction() as connection:
        context.lease.confirm(connection)
        alert_rules.install(connection, [body_of(rule) for rule in DEFAULT_RULES], now)
        rules = [load_rule(stored) for stored in alert_rules.all_rules(connection)]
        live_alerts = alerts.live_labels(connection)
        # Read with the rules: a silence names its rule, and follows it when that is renamed.
        stored_silences = silences.unexpired(connection, now)
    readable_rules = [rule.rule for rule in rules if rule.rule.enabled and not rule.fault]
    rule_measurements = measurements.load_current(database, readable_rules, now)
    evaluations = evaluation_round.evaluate_rules(rules, rule_measurements, live_alerts, now)
    with database.transaction() as connection, signs_of_life(connection):
        context.lease.confirm(connection)
        stored_silences += silences.unexpired(connection, now)
        reached = _reached(connection, context.settings)
        unreachable = _unreachable(reached, context.settings)
        changes = _changes(
            connection, rules, evaluations, stored_silences, now, unreachable=unreachable
        )
        recorded = _write(connection, changes)
        largest = notice_sessions.largest_sessions(database, recorded, now)
        load_test = load_test_windows.latest(connection, now - LOAD_TESTS_SINCE, now)
        groups = alert_notices.group_notices(recorded, rule_measurements, now, largest, load_test)
        message_count = _enqueue(connection, groups, now, reached)
    transition_count = sum(len(change.transitions) for change in changes)
    return (
        f"{len(rules)} rules, {len(evaluations)} evaluations, {transition_count} changes, "
        f"{message_count} messages"
    )


def _reached(connection: Connection, settings: Settings) -> list[Recipient]:
    """The recipients that messages can be sent to."""
    return [
        recipient
        for recipient in recipients.active(connection)
        if recipient.kind != "email" or settings.smtp_host
    ]


def _unreachable(reached: Sequence[Recipient], settings: Settings) -> dict[str, str]:
    """Why a kind of recipients cannot be notified, for those that cannot."""
    kinds = {recipient.kind for recipient in reached}
    reasons = dict.fromkeys(recipients.KINDS, NO_RECIPIENT)
    if not settings.smtp_host:
        reasons["email"] = NO_MAIL
    return {kind: reason for kind, reason in reasons.items() if kind not in kinds}


def _changes(
    connection: Connection,
    rules: Sequence[LoadedRule],
    evaluations: Sequence[Evaluation],
    stored_silences: Sequence[StoredSilence],
    now: datetime,
    *,
    unreachable: Mapping[str, str],
) -> list[AlertChange]:
    alerts.lock(connection)
    loaded_alerts = LoadedAlerts(
        live=alerts.live(connection),
        pending_resolves=alerts.pending_resolves(connection),
        flips=alerts.latest_flips(connection, now - FLAPPING_WINDOW),
        silences=[silence_of(stored) for stored in stored_silences],
        unreachable=unreachable,
        planned_restarts=[
            PlannedRestart(at, app) for at, app in events.planned(connection, now - DAY, now)
        ],
    )
    changes = evaluation_round.alert_changes(rules, evaluations, loaded_alerts, now)
    return notifying.notify_changes(rules, changes, loaded_alerts, now)


def _write(connection: Connection, changes: Sequence[AlertChange]) -> list[tuple[int, AlertChange]]:
    """Writes rows and transitions. Returns the changes of alerts that stay, with their ids."""
    recorded = [change for change in changes if not _left_no_trace(change)]
    ids = alerts.add(connection, [change.row for change in recorded if change.stored is None])
    alerts.change(
        connection,
        [(change.stored, change.row) for change in recorded if change.stored is not None],
    )
    alerts.remove(connection, [c.row.id for c in changes if _left_no_trace(c) and c.stored])
    changes_by_id = [(_alert_id(change, ids), change) for change in recorded]
    alerts.add_transitions(
        connection,
        [
            transition_row(alert_id, change.row.threshold, transition)
            for alert_id, change in changes_by_id
            for transition in change.transitions
        ],
    )
    return changes_by_id


def _left_no_trace(change: AlertChange) -> bool:
    """Whether the alert became inactive without ever firing: it is not kept as history."""
    alert_state = change.row.alert_state
    return alert_state.state is State.INACTIVE and alert_state.fired_at is None


def _alert_id(change: AlertChange, ids: Mapping[alerts.AlertKey, int]) -> int:
    return change.row.id or ids[change.row.key]


def _enqueue(
    connection: Connection,
    groups: Mapping[NoticeGroup, list[Notice]],
    now: datetime,
    reached: Sequence[Recipient],
) -> int:
    messages = (
        OutgoingMessage(notices, group.select_recipients(reached), group.group_key)
        for group, notices in groups.items()
    )
    return outbox.enqueue(connection, messages, now)
