"""The roof: assembles the application and is the only place that sees both wings."""

from collections.abc import Callable
from datetime import UTC, datetime

import gevent
from flask import Flask, Response
from flask_compress import Compress
from gevent import monkey

import dashboard
from analytics.alerting.services.actions import AlertActions
from analytics.alerting.services.reports import AlertReports
from analytics.exports.exports import Exports
from analytics.notifications.delivery.recipient_actions import RecipientActions
from analytics.notifications.delivery.recipient_reports import RecipientReports
from analytics.operations import health
from analytics.operations.storage_report import StorageReport
from analytics.people.actions import Actions
from analytics.reports.history_reports import HistoryReports
from analytics.reports.performance_reports import PerformanceReports
from analytics.reports.reports import Reports
from ingest import access, api, collector, sockets
from ingest.api.exports import export_views, storage_views
from ingest.collector import server_samples
from ingest.collector.outcomes import Outcomes
from ingest.http import problems
from ingest.site import demo, sdk
from models.alerts.deliveries import Deliveries
from models.database import gevent_wait
from models.database.engine import Database
from models.database.leases import Leases
from models.embedded import database_url
from models.operations.job_runs import JobRuns
from models.raw.events import Events
from models.raw.ingest_outcomes import IngestMinutes
from models.raw.report_insert import ClientReports
from models.raw.sample_insert import ServerSamples
from models.rollups import dirty_minutes
from settings import CHECKOUT, Settings

Clock = Callable[[], datetime]
LEDGER = "ingest-ledger"  # gunicorn.conf.py tells it of its worker's beginning and end


def create_app(settings: Settings | None = None, now: Clock | None = None) -> Flask:
    """The WSGI application. Without `settings` the environment is read; `now` is the clock of all
    it says and stores, the machine's own unless another is given.

    Raises `SettingsError` and `CountryFileFault`.
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
    database = Database(database_url(settings))
    problems.register(app)
    guard = access.register(app, settings, database, now)
    sdk.register(app)
    of_meters = _for_samples(settings)
    measured = sockets.register(
        app, settings, ServerSamples(of_meters), access.secret_key(settings), now
    )
    demo.register(app)
    ledger = app.extensions[LEDGER] = Outcomes(IngestMinutes(of_meters), now)
    receiving = collector.register(
        app, settings, ClientReports(_for_writing(settings)), now, ledger
    )
    server_samples.register(
        app, ServerSamples(database), Events(database), settings, now, ledger=ledger
    )
    desk = dashboard.AlertServices(
        reports=AlertReports(database, now),
        actions=AlertActions(database, now),
        recipients=RecipientReports(database, settings, now),
        recipient_actions=RecipientActions(database, settings, now),
    )
    api.recipient_views.register(app, desk.recipient_actions, guard.viewer)
    reports, history = Reports(database), HistoryReports(database)
    exports = Exports(
        database, _for_exports(settings), settings.data_dir, now, lambda: gevent.sleep(0)
    )
    storage_report = StorageReport(database, settings, now)
    measured.add_live(reports.pulse)
    pages = dashboard.create(
        app,
        reports=reports,
        history=history,
        performance=PerformanceReports(database),
        storage=storage_report,
        exports=exports,
        actions=Actions(database, now),
        alerts=desk,
        viewer=guard.viewer,
        now=now,
    )
    guard.allow_scripts(pages.csp_hashes())
    api.register(
        app,
        reports,
        _health(settings, receiving.flush_state, measured, now),
        now=now,
        is_signed_in=lambda: guard.viewer() is not None,
    )
    api.alert_views.register(app, desk.reports, desk.actions, viewer=guard.viewer, now=now)
    api.rule_views.register(app, desk.reports, desk.actions, viewer=guard.viewer)
    export_views.register(app, exports, guard.viewer, now)
    storage_views.register(app, storage_report, now)
    api.register_history(app, history, now)
    is_https = (settings.public_url or "").startswith("https:")
    app.wsgi_app = collector.shortcut(  # type: ignore[method-assign,assignment]  # Flask's way
        app.wsgi_app, receiving, access.headers.of_data(is_https=is_https)
    )
    access.trust_proxies(app, settings)
    _compress(app)
    return app


def _compress(app: Flask) -> None:
    """In the encodings every HTTP client can read; of zstd some only say so."""
    app.config["COMPRESS_ALGORITHM"] = app.config["COMPRESS_ALGORITHM_STREAMING"] = ["br", "gzip"]
    Compress(app)
    app.after_request(_close_what_is_read)


def _close_what_is_read(response: Response) -> Response:
    """Runs before the compression, which lets go of the file it reads without closing it."""
    close = getattr(response.response, "close", None)
    if close is not None:
        response.call_on_close(close)
    return response


def _for_writing(settings: Settings) -> Database:
    """Connections of the group commit alone: a page cannot keep it waiting, a ping would."""
    return Database(database_url(settings), pool_size=2, name="wsmon-ingest", pre_ping=False)


def _for_samples(settings: Settings) -> Database:
    """One connection for what we measure: it must not wait for pages, nor they for it."""
    return Database(database_url(settings), pool_size=1, name="wsmon-meter")


def _for_exports(settings: Settings) -> Database:
    """Connections for long reads: two people may export while everybody else looks at pages."""
    return Database(database_url(settings), pool_size=2, name="wsmon-export")


def _health(
    settings: Settings,
    flush_state: Callable[[], health.Flush],
    measured: sockets.Sockets,
    now: Clock,
) -> health.Health:
    """The probes ask on connections of their own, which no page can keep busy."""
    aside = Database(database_url(settings), pool_size=2, statement_ms=1500, name="wsmon-health")
    runs, leases, messages = JobRuns(aside), Leases(aside), Deliveries(aside)
    ways = ("email", "webhook") if settings.smtp_host else ("webhook",)
    return health.Health(
        {
            "database": health.database_probe(aside.ping),
            "scheduler": health.scheduler_probe(
                lambda: leases.last_sign(health.SCHEDULER_LEASE),
                lambda: [run.job for run in runs.latest() if run.outcome == "failed"],
                now,
            ),
            "flush": health.flush_probe(flush_state),
            "deliveries": health.deliveries_probe(lambda since: messages.dead(since, ways), now),
            "rollup": health.rollup_probe(lambda: dirty_minutes.waiting_since(aside), now),
            "bus": health.bus_probe(lambda: measured.rooms.is_up),
            "samples": health.samples_probe(measured.pending_samples),
            "disk": health.disk_probe(settings.data_dir),
        }
    )


def _now() -> datetime:
    return datetime.now(UTC)
