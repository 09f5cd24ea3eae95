"""The data the Alerts page loads for one rendering."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.alerting.answers import AlertResponse, RuleResponse, SilenceResponse
from analytics.alerting.rules.rule import Rule
from analytics.notifications.delivery.recipient_reports import MailStatus
from analytics.permission.actor import Actor
from analytics.services.services import AlertServices
from dashboard.core import url_state
from dashboard.server.alerts.core.url_state import AlertsUrlState
from models.metrics.alert_state import ACTIVE, State


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPageData:
    """The data every list of the page needs."""

    services: AlertServices
    url_state: AlertsUrlState
    now: datetime
    zone: ZoneInfo
    is_admin: bool
    alerts: list[AlertResponse]
    rules: Mapping[int, RuleResponse]
    silences: list[SilenceResponse]
    evaluated_at: datetime | None
    mail: MailStatus
    counts: Mapping[str, int]

    def rule_of(self, alert: AlertResponse) -> Rule | None:
        """The current rule of an alert, `None` if it was removed or is not readable."""
        stored = self.rules.get(alert.rule_id)
        return stored.rule if stored else None

    def rules_of(self, rule_ids: Collection[int]) -> Mapping[int, Rule]:
        """Current rules by id, and the last versions of removed ones."""
        present = {
            rule_id: self.rules[rule_id].rule for rule_id in rule_ids if rule_id in self.rules
        }
        removed = set(rule_ids) - present.keys()
        readable = {rule_id: rule for rule_id, rule in present.items() if rule is not None}
        return readable | (self.services.reports.removed_rules(removed) if removed else {})


def load_page_data(
    services: AlertServices,
    state: AlertsUrlState,
    now: datetime,
    browser_zone: object,
    actor: Actor,
) -> AlertsPageData:
    """Load what the page shows. Raises `DatabaseAway`, `TooMany`."""
    return AlertsPageData(
        services=services,
        url_state=state,
        now=now,
        zone=url_state.zone_for(state, browser_zone),
        is_admin=actor.is_admin,
        alerts=services.reports.active((*ACTIVE, State.PENDING)).alerts,
        rules={rule.id: rule for rule in services.reports.rules().rules},
        silences=services.reports.silences().silences,
        evaluated_at=services.reports.last_evaluated_at(),
        mail=services.recipients.mail_status(),
        counts=services.recipients.counts(),
    )
