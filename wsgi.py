"""Assembles the application; the only module that imports both `ingest` and `dashboard`."""

from datetime import UTC, datetime

import gevent
from flask import Flask, Response, request
from flask_compress import Compress
from gevent import monkey

import dashboard
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.anomalies.feedback import FeedbackActions
from analytics.anomalies.reports import AnomalyReports
from analytics.baselines.actions import BaselineActions
from analytics.baselines.reports import BaselineReports
from analytics.both_ends.reports import BothEndsReports
from analytics.connection_tests.service import ConnectionTesting
from analytics.correlation.service.reports import CorrelationReports
from analytics.country_file.locator import CHECK_SECONDS, Locator
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
from analytics.people.own_account import OwnAccount, SignIn
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from analytics.services.services import (
    AlertServices,
    AnomalyServices,
    BaselineServices,
    Clock,
    Services,
    Viewer,
    WallServices,
)
from analytics.setup.setup import Setup
from analytics.wall.board import WallBoard
from analytics.wall.links import WallLinkActions
from ingest import access, api, collector, sockets
from ingest.assembly import stages
from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.withdrawals import Withdrawals
from ingest.collector.country import sender_locator
from ingest.collector.outcomes import Outcomes
from ingest.collector.pipeline import Witness
from ingest.collector.server_samples import SampleRoutes
from ingest.health.worker_probes import WorkerParts, worker_probes
from ingest.http import origins, problems, request_ids
from ingest.http.server_errors import ServerErrors
from ingest.knocks.allowed import Allowed
from ingest.knocks.knock_log import KnockLog
from ingest.proxies.forwarding import Forwarding
from ingest.proxies.origin_rule import for_reports, for_sockets
from ingest.proxies.prefix import below
from ingest.routing.route import access as access_rules
from ingest.site import agents, demo, sdk, wall
from ingest.worker import lifecycle, native_thread
from ingest.worker.databases import Databases, databases
from ingest.worker.lifecycle import repeating
from ingest.worker.request_limits import with_patience, with_timed_body
from models.database import gevent_wait
from models.database.pulse import BEAT_SECONDS, Pulse
from models.operations.allowed_origins import AllowedOrigins
from models.operations.knocks import Knocks
from models.raw.events import Events
from models.raw.ingest_outcomes import IngestOutcomes
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.raw.set_aside_reports import SetAsideReports
from settings import CHECKOUT, Settings


def create_app(settings: Settings | None = None, now: Clock | None = None) -> Flask:
    """The WSGI application. `settings` default to the environment; `now` is the clock for all
    timestamps, by default the system's.

    Raises `SettingsError`.
    """
    settings, now = settings or Settings.from_environment(), now or _now
    if monkey.is_module_patched("socket"):
        gevent_wait.install()
    app = Flask(
        "websocket-analytics",
        root_path=str(CHECKOUT),
        static_folder="assets/public",
        static_url_path="/static",
        template_folder="assets/templates",
    )
    pools = databases(settings)
    database = pools.pages
    guard = access.Access(settings, database, now, access.Rules(access_rules(api.ROUTES)))
    allowed = Allowed(AllowedOrigins(pools.metering))
    knock_log = KnockLog(Knocks(pools.metering), now)
    websockets = sockets.Sockets(
        settings, ServerSamples(pools.metering), access.secret_key(settings), now,
        rule=for_sockets(settings, allowed.sockets), on_refused=knock_log.socket_refused,
    )  # fmt: skip
    pulse = Pulse(pools.pulse)
    outcomes = Outcomes(IngestOutcomes(pools.metering), now)
    withdrawals = Withdrawals(SetAsideReports(pools.metering), outcomes.count_set_aside)
    bounds = ReportBounds(settings, withdrawals)
    countries = Locator(settings)
    report_collector = collector.ReportCollector(
        settings, ClientReports(pools.ingest), now, sender_locator(settings, countries),
        outcomes=outcomes, bounds=bounds, rule=for_reports(settings, allowed.reports),
        witness=Witness(knock_log.page_reports, knock_log.page_refused),
    )  # fmt: skip
    reports_route = collector.CollectorRoute(report_collector)
    app.extensions[lifecycle.EXTENSION] = stages.lifecycle_of(
        websockets,
        report_collector,
        (
            stages.withdrawing(withdrawals, bounds, now),
            stages.knocking(knock_log, allowed),
            repeating("country file", CHECK_SECONDS, countries.refresh),
            repeating("pulse of the store", BEAT_SECONDS, pulse.beat),
        ),
        outcomes,
        pools,
        has_redis=bool(settings.redis_url),
    )
    sample_routes = SampleRoutes(
        ServerSamples(database), Events(database), outcomes,
        Witness(knock_log.samples, knock_log.server_refused),
    )  # fmt: skip
    server_errors, forwarding = ServerErrors(), Forwarding(settings.trusted_proxy_hops)
    checks = worker_probes(
        WorkerParts(
            settings=settings, database=pools.health, websockets=websockets, bounds=bounds,
            report_collector=report_collector, countries=countries, server_errors=server_errors,
            forwarding=forwarding, now=now,
        )
    )  # fmt: skip
    services = services_of(
        settings,
        pools,
        Health(checks),
        guard.viewer,
        now,
        sign_in=guard,
        country_source=lambda: countries.source,
    )
    app.context_processor(lambda: {"base": request.script_root})
    for part in (
        request_ids,
        problems,
        server_errors,
        guard,
        websockets,
        reports_route,
        sample_routes,
        sdk,
        agents,
        demo,
        wall,
        api,
    ):
        part.register(app, services)
    guard.allow_scripts(dashboard.create(app, services).csp_hashes())
    guard.check_routes(app)
    is_https = (settings.public_url or "").startswith("https:")
    # Flask documents middleware as this assignment; mypy sees a method assigned to.
    app.wsgi_app = with_timed_body(  # type: ignore[method-assign,assignment]
        reports_route.shortcut(
            with_patience(app.wsgi_app, pulse.is_silent),
            access.headers.api_headers(is_https=is_https),
            server_errors.count,
        ),
        settings.request_body_seconds,
    )
    access.trust_proxies(app, settings)
    # The first to see a request: what it brought is noted before any of it is believed.
    app.wsgi_app = forwarding.noting(  # type: ignore[method-assign,assignment]
        below(settings.path_prefix, app.wsgi_app)
    )
    _compress(app)
    return app


def services_of(
    settings: Settings,
    pools: Databases,
    checked: Health,
    viewer: Viewer,
    now: Clock,
    *,
    sign_in: SignIn,
    country_source: Source,
) -> Services:
    """What views and pages read and do."""
    database = pools.pages
    return Services(
        settings=settings,
        reports=Reports(database, settings.app_zones),
        history=HistoryReports(database, zones=settings.app_zones),
        performance=PerformanceReports(database, settings.app_zones),
        storage=StorageReport(database, settings, now),
        exports=Exports(database, pools.exports, settings.data_dir, now, lambda: gevent.sleep(0)),
        erasing=Erasing(database, now, has_archive=settings.archive_dir is not None),
        health=checked,
        demo=DemoReport(database) if settings.demo else None,
        accounts=AccountActions(database, now),
        own_account=OwnAccount(database, now, sign_in),
        alerts=AlertServices(
            reports=AlertReports(database, now),
            actions=AlertActions(database, now),
            recipients=RecipientReports(database, settings, now),
            recipient_actions=RecipientActions(database, settings, now),
        ),
        anomalies=AnomalyServices(
            reports=AnomalyReports(database), feedback=FeedbackActions(database, now)
        ),
        load_tests=LoadTestRuns(database, now),
        connection_tests=ConnectionTesting(database, settings, now),
        correlations=CorrelationReports(database, settings.app_zones, native_thread.run),
        baselines=BaselineServices(
            reports=BaselineReports(database),
            actions=BaselineActions(database, settings.app_zones, now),
        ),
        wall=WallServices(
            links=WallLinkActions(database, lambda: access.secret_key(settings), now),
            board=WallBoard(
                Reports(database, settings.app_zones), AlertReports(database, now), now
            ),
        ),
        both_ends=BothEndsReports(database),
        country_source=country_source,
        setup=Setup(database, now, origins.normalized, sdk.monitor_file()),
        viewer=viewer,
        now=now,
    )


def _compress(app: Flask) -> None:
    """Brotli and gzip only: some clients announce zstd but cannot decode it."""
    app.config["COMPRESS_ALGORITHM"] = app.config["COMPRESS_ALGORITHM_STREAMING"] = ["br", "gzip"]
    Compress(app)
    app.after_request(_close_on_end)


def _close_on_end(response: Response) -> Response:
    """Close the response's file, which flask-compress reads without closing. Runs before it."""
    close = getattr(response.response, "close", None)
    if close is not None:
        response.call_on_close(close)
    return response


def _now() -> datetime:
    return datetime.now(UTC)
