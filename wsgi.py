"""The roof: assembles the application and is the only place that sees both wings."""

from flask import Flask

from ingest import problems
from settings import CHECKOUT, Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application. Without `settings` the environment is read (raises `SettingsError`)."""
    settings = settings or Settings.from_environment()
    app = Flask(
        "websocket-analytics",
        root_path=str(CHECKOUT),
        static_folder="assets/public",
        static_url_path="/static",
        template_folder="assets/templates",
    )
    problems.register(app)
    return app
