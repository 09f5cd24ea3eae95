"""The data of the client Overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.alerting.answers import AlertResponse
from analytics.insight.remark import Remark
from analytics.reports import judged
from analytics.reports.client_answers import Summary
from analytics.reports.client_reading import NO_SPLITS
from analytics.reports.client_splits import ClientSplits
from analytics.services.services import Services
from dashboard.core import url_state
from dashboard.page import usual
from dashboard.page.data import ComparedPageData, grid_of
from dashboard.server.alerts.lists import active
from models.metrics.alert_state import FIRING_STATES

SOURCE = "client"
JUDGED = (
    *("opened", "failed", "drops", "connect_success", "stability", "latency_ms", "recovery_ms"),
    *("without_connection", "silent_sessions"),
)


@dataclass(frozen=True, kw_only=True)
class OverviewData(ComparedPageData[Summary]):
    """`apps` are those with reports in the range under other filters; read when it has none.
    `remark` is the most remarkable change for the worse; `firing` the most urgent alert first."""

    apps: Sequence[str] = ()
    splits: ClientSplits = NO_SPLITS
    remark: Remark | None = None
    firing: Sequence[AlertResponse] = ()

    @property
    def judged_from(self) -> datetime | None:
        """When reports begin that judge ends by kind, where earlier ones of the range do not."""
        return self.current.judged_from

    @property
    def has_other_rule_before(self) -> bool:
        """Whether drops of this period and of that compared with are counted by different rules."""
        return self.before is not None and judged.have_two_rules(self.current, self.before)


def read(services: Services, view: url_state.View, zone: object) -> OverviewData:
    """The range and the one compared with, if that has reports. Raises `DatabaseAway`."""
    reports, now, filters = services.reports, services.now(), view.client_filters()
    window = view.window(now, url_state.zone_for(view, zone))
    summaries = reports.compared(window, view.compared_range(window), filters)
    current, before = summaries.current, summaries.before
    return OverviewData(
        view=view,
        window=window,
        now=now,
        zone=url_state.zone_for(view, zone),
        events=reports.events(window, view.filters.get("app")),
        load_tests=services.load_tests.bands(window),
        current=current.report,
        durations=current.durations,
        before=before.report if before else None,
        durations_before=before.durations if before else {},
        apps=() if current.report.reports else reports.choices("app", window),
        usual=usual.read(
            services, [(SOURCE, key) for key in JUDGED], grid_of(current.report), filters.active()
        ),
        splits=summaries.splits,
        remark=summaries.remark,
        firing=active.by_urgency(services.alerts.reports.active(FIRING_STATES).alerts),
    )
