"""What views and pages read and do: readers and actions of `analytics`, settings, user, clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.anomalies.feedback import FeedbackActions
from analytics.anomalies.reports import AnomalyReports
from analytics.baselines.actions import BaselineActions
from analytics.baselines.reports import BaselineReports
from analytics.both_ends.reports import BothEndsReports
from analytics.connection_tests.service import ConnectionTesting
from analytics.correlation.service.reports import CorrelationReports
from analytics.country_file.source import Source
from analytics.exports.exports import Exports
from analytics.load_tests.runs import LoadTestRuns
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import RecipientReports
from analytics.operations.demo_report import DemoReport
from analytics.operations.health import Health
from analytics.operations.session_erasure import Erasing
from analytics.operations.storage_report import StorageReport
from analytics.people.actions import AccountActions
from analytics.people.own_account import OwnAccount
from analytics.permission.actor import Actor
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from analytics.setup.setup import Setup
from analytics.wall.board import WallBoard
from analytics.wall.links import WallLinkActions
from settings import Settings

Clock = Callable[[], datetime]
Viewer = Callable[[], Actor | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertServices:
    """Alerts, their rules and silences, and who gets messages of them."""

    reports: AlertReports
    actions: AlertActions
    recipients: RecipientReports
    recipient_actions: RecipientActions


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyServices:
    """Judged series, incidents, and what people say of them."""

    reports: AnomalyReports
    feedback: FeedbackActions


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineServices:
    """Ranges under a name, and comparisons with them."""

    reports: BaselineReports
    actions: BaselineActions


@dataclass(frozen=True, slots=True, kw_only=True)
class WallServices:
    """Links to a wall, and what they show."""

    links: WallLinkActions
    board: WallBoard


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Built once for an application. `viewer` returns the user of the current request, `None` for
    an anonymous one; `now` is an aware UTC time; `demo` is `None` outside a demo;
    `country_source` is whose the country file in use is."""

    settings: Settings
    reports: Reports
    history: HistoryReports
    performance: PerformanceReports
    storage: StorageReport
    exports: Exports
    erasing: Erasing
    health: Health
    demo: DemoReport | None
    accounts: AccountActions
    own_account: OwnAccount
    alerts: AlertServices
    anomalies: AnomalyServices
    load_tests: LoadTestRuns
    connection_tests: ConnectionTesting
    correlations: CorrelationReports
    baselines: BaselineServices
    wall: WallServices
    both_ends: BothEndsReports
    country_source: Source
    setup: Setup
    viewer: Viewer
    now: Clock
