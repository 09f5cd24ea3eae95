"""The data of the server Overview: server metrics, and the alerts that are firing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from analytics.alerting.answers import AlertResponse
from analytics.alerting.rules.rule import Rule
from analytics.reports.server_answers import ServerMetrics
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.page.data import ComparedPageData
from dashboard.server import data
from dashboard.server.alerts.lists import active
from models.metrics.alert_state import FIRING_STATES


@dataclass(frozen=True, kw_only=True)
class OverviewData(ComparedPageData[ServerMetrics]):
    """`firing` are the alerts that fire, the acknowledged ones last; `rules` theirs by id."""

    firing: Sequence[AlertResponse] = ()
    rules: Mapping[int, Rule | None]


def read(services: Services, view: url_state.View, zone: object) -> OverviewData:
    """Metrics of the range and the one compared with, and alerts. Raises `DatabaseAway`."""
    metrics, alerts = data.read(services, view, zone), services.alerts.reports
    firing = active.by_urgency(alerts.active(FIRING_STATES).alerts)
    return OverviewData(
        **{field.name: getattr(metrics, field.name) for field in fields(metrics)},
        firing=firing,
        rules={rule.id: rule.rule for rule in alerts.rules().rules} if firing else {},
    )
