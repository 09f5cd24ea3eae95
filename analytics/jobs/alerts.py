"""Evaluates all alert rules: reads, thinks, and writes what changed and who is told in one commit.

Figures are read before that commit, so that it is short. Whoever looked later has written more
already; what this one saw is then dropped.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from analytics.alerting.evaluation import alert_notices, evaluation_round, measurements, notifying
from analytics.alerting.evaluation.evaluation_round import Change, Evaluation, LoadedAlerts
from analytics.alerting.evaluation.measurements import Figures
from analytics.alerting.lifecycle.alert_state import State
from analytics.alerting.lifecycle.state_machine import FLAPS_WITHIN
from analytics.alerting.records import LoadedRule, body_of, known, silence_of, transition_row
from analytics.alerting.rules.defaults import DEFAULT_RULES
from models.alerts import alert_rules, alerts, outbox, recipients, silences
from models.alerts.silences import StoredSilence

from .job import JobContext


def step(around: JobContext) -> str:
    """One round."""
    now, database = around.now(), around.database
    with database.transaction() as connection:
        around.lease.confirm(connection)
        alert_rules.install(connection, [body_of(rule) for rule in DEFAULT_RULES], now)
        rules = [known(stored) for stored in alert_rules.all_rules(connection)]
        living = alerts.living(connection)
        # With the rules' names of this moment: a silence follows its rule to a new one.
        silenced = silences.not_over(connection, now)
    sound = [rule.rule for rule in rules if rule.rule.enabled and not rule.fault]
    figures = measurements.present(database, sound, now)
    seen = evaluation_round.look_at(rules, figures, living, now)
    with database.transaction() as connection:
        around.lease.confirm(connection)
        silenced += silences.not_over(connection, now)
        changes = _changes(connection, rules, seen, silenced, now)
        told = _write(connection, changes, figures, now)
    moved = sum(len(change.transitions) for change in changes)
    return f"{len(rules)} rules, {len(seen)} looks, {moved} changes, {told} messages"


def _changes(
    connection: Connection,
    rules: Sequence[LoadedRule],
    seen: Sequence[Evaluation],
    silenced: Sequence[StoredSilence],
    now: datetime,
) -> list[Change]:
    alerts.lock(connection)
    store = LoadedAlerts(
        live=alerts.live(connection),
        owing=alerts.owing(connection),
        flips=alerts.latest_flips(connection, now - FLAPS_WITHIN),
        silences=[silence_of(stored) for stored in silenced],
    )
    made = evaluation_round.changes(rules, seen, store, now)
    return notifying.tell(rules, made, store, now)


def _write(
    connection: Connection, changes: Sequence[Change], figures: Figures, now: datetime
) -> int:
    """Rows, transitions and messages; how many messages."""
    vain = {id(change) for change in changes if _left_no_trace(change)}
    kept = [change for change in changes if id(change) not in vain]
    ids = alerts.add(connection, [change.row for change in kept if not change.row.id])
    alerts.change(connection, [change.row for change in kept if change.row.id])
    alerts.remove(connection, [c.row.id for c in changes if id(c) in vain and c.row.id])
    numbered = [(_id(change, ids), change) for change in kept]
    alerts.note(
        connection,
        [
            transition_row(alert_id, change.row.threshold, transition)
            for alert_id, change in numbered
            for transition in change.transitions
        ],
    )
    return _enqueue(connection, numbered, figures, now)


def _left_no_trace(change: Change) -> bool:
    """Whether it ended before it fired or was shown: that is no history."""
    return change.row.state == State.INACTIVE and change.row.fired_at is None


def _id(change: Change, ids: dict[tuple[int, str], int]) -> int:
    return change.row.id or ids[change.row.rule_id, change.row.label_key]


def _enqueue(
    connection: Connection,
    numbered: Sequence[tuple[int, Change]],
    figures: Figures,
    now: datetime,
) -> int:
    everybody = recipients.active(connection)
    if not everybody:
        return 0
    return sum(
        outbox.enqueue(connection, notices, message.chosen(everybody), message.group_key, now)
        for message, notices in alert_notices.messages(numbered, figures, now).items()
    )
