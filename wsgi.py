"""The roof: assembles the application and is the only place that sees both wings."""

from datetime import UTC, datetime

from flask import Flask

from ingest import access, problems, reception
from models.database import Database
from models.embedded import database_url
from models.report_insert import ClientReports
from settings import CHECKOUT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Without `settings` the environment is read.

    Raises `SettingsError` and `CountryFileFault`.
    """
    settings = settings or Settings.from_environment()
    app = Flask(
        "websocket-analytics",
        root_path=str(CHECKOUT),
        static_folder="assets/public",
        static_url_path="/static",
        template_folder="assets/templates",
    )
    database = Database(database_url(settings))
    problems.register(app)
    access.register(app, settings, database, _now)
    reception.register(app, settings, ClientReports(database), _now)
    return app


def _now() -> datetime:
    return datetime.now(UTC)
