"""The line of the most urgent firing alert, which the Overviews begin with."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from analytics.alerting.answers import AlertResponse
from dashboard.core import addresses
from dashboard.core.numbers import count
from dashboard.core.times import moment
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.url_state import AlertsUrlState
from dashboard.widgets.pieces import link, tag


def layout(firing: Sequence[AlertResponse], now: datetime, zone: ZoneInfo) -> list[Component]:
    """Severity, a link to the alert, and since when; nothing when none fires. `firing` are in the
    order of urgency."""
    if not firing:
        return []
    alert = firing[0]
    others = len(firing) - 1
    texts = [f" has fired since {moment(alert.since, now, zone)} ({zone.key})"]
    acknowledgement = wording.acknowledgement_text(alert, now, zone)
    texts += [f". {acknowledgement}"] if acknowledgement else []
    texts += [f"; {count(others)} more {'fires' if others == 1 else 'fire'}"] if others else []
    return [
        tag(
            wording.SEVERITY_LABELS.get(alert.severity, alert.severity),
            wording.SEVERITY_TAGS.get(alert.severity, "unknown"),
        ),
        html.Span([link(html.B(wording.alert_name(alert.rule, alert.labels)), address_of(alert)),
                   *texts, "."]),
    ]  # fmt: skip


def address_of(alert: AlertResponse) -> str:
    """The address of an alert on the page of alerts."""
    url_state = AlertsUrlState(default_preset="7d", preset="7d")
    return addresses.SERVER_ALERTS + url_state.alert_address(alert.id)
