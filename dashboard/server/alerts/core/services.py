"""What the Alerts page may ask and do, and what it read for one showing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.alerting.answers import AlertAnswer, RuleAnswer, SilenceAnswer
from analytics.alerting.lifecycle.alert_state import ACTIVE, State
from analytics.alerting.rules.rule import Rule
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import Mail, RecipientReports
from analytics.permission.actor import Actor
from dashboard.core import url_state
from dashboard.server.alerts.core.url_state import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertServices:
    """Who answers and who acts; the API asks the same ones."""

    reports: AlertReports
    actions: AlertActions
    recipients: RecipientReports
    recipient_actions: RecipientActions


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What every list of the page needs."""

    desk: AlertServices
    place: Place
    now: datetime
    zone: ZoneInfo
    is_admin: bool
    alerts: list[AlertAnswer]
    rules: Mapping[int, RuleAnswer]
    silences: list[SilenceAnswer]
    looked_at: datetime | None
    mail: Mail
    counts: Mapping[str, int]

    def rule_of(self, alert: AlertAnswer) -> Rule | None:
        """The rule of an alert as it is now, `None` when it is gone or cannot be read."""
        found = self.rules.get(alert.rule_id)
        return found.rule if found else None

    def rules_of(self, numbers: Collection[int]) -> Mapping[int, Rule]:
        """Rules as they are now, and those that are gone as they were last."""
        present = {number: self.rules[number].rule for number in numbers if number in self.rules}
        gone = set(numbers) - present.keys()
        found = {number: rule for number, rule in present.items() if rule is not None}
        return found | (self.desk.reports.former(gone) if gone else {})


def read(
    desk: AlertServices, place: Place, now: datetime, browser_zone: object, actor: Actor
) -> Reading:
    """Raises `DatabaseAway`, `TooMany`."""
    return Reading(
        desk=desk,
        place=place,
        now=now,
        zone=url_state.zone_for(place, browser_zone),
        is_admin=actor.is_admin,
        alerts=desk.reports.active((*ACTIVE, State.PENDING)).alerts,
        rules={rule.id: rule for rule in desk.reports.rules().rules},
        silences=desk.reports.silences().silences,
        looked_at=desk.reports.looked_at(),
        mail=desk.recipients.mail(),
        counts=desk.recipients.counts(),
    )
