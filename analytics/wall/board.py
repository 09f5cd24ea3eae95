"""Reads what a link shows: the tabs it names, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.alerting.answers import AlertResponse
from analytics.alerting.services.reports import AlertReports
from analytics.ranges.timerange import TimeRange
from analytics.reports.reports import Reports
from models.metrics.alert_state import FIRING_STATES
from models.people.wall_links import WallLink

from . import browsers, servers
from .figures import WallAlert, WallFigures, WallTab

ALERTS = "alerts"
WINDOW = timedelta(hours=1)
MOST_ALERTS = 12


@dataclass(frozen=True, slots=True)
class WallBoard:
    """The figures of a link. Raises `DatabaseAway`."""

    reports: Reports
    alerts: AlertReports
    now: Callable[[], datetime]

    def figures(self, link: WallLink) -> WallFigures:
        """All its tabs, of the same moment."""
        now = self.now()
        readers: dict[str, Callable[[TimeRange], WallTab]] = {
            browsers.NAME: lambda window: browsers.tab(self.reports.summary(window)),
            servers.NAME: lambda window: servers.tab(self.reports.metrics(window)),
            ALERTS: lambda _: self._alerts(),
        }
        window = TimeRange(now - WINDOW, now)
        return WallFigures(
            at=now, name=link.name, tab_seconds=link.tab_seconds, expires_at=link.expires_at,
            tabs=[readers[name](window) for name in link.tabs if name in readers],
        )  # fmt: skip

    def _alerts(self) -> WallTab:
        firing = self.alerts.active(FIRING_STATES).alerts
        first = sorted(firing, key=lambda alert: (alert.acknowledged is not None, alert.severity))
        sentence = f"{len(firing)} firing" if firing else "No alert fires."
        if len(firing) > MOST_ALERTS:
            sentence += f", {MOST_ALERTS} of them here"
        return WallTab(
            name=ALERTS, title="Alerts", sentence=sentence,
            alerts=[_alert(each) for each in first[:MOST_ALERTS]],
        )  # fmt: skip


def _alert(alert: AlertResponse) -> WallAlert:
    return WallAlert(
        rule=alert.rule, labels=alert.labels, severity=alert.severity, since=alert.since,
        n=alert.n, acknowledged_by=alert.acknowledged.by if alert.acknowledged else "",
    )  # fmt: skip
