"""Services of views and pages on the test's database."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from analytics.operations.health import Health
from analytics.people.own_account import SignIn
from analytics.permission.actor import SHELL, Actor
from analytics.services.services import Services
from ingest.worker.databases import databases
from models.database.engine import Database
from settings import Settings
from tests.support.clock import Clock
from wsgi import services_of

AWAY = "postgresql+psycopg2://nobody@/nothing?host=/nowhere"
NO_SIGN_IN = cast(SignIn, None)
NO_SERVICES = cast(Services, None)  # for what reads none


def services_on(
    database: Database, settings: Settings, clock: Clock, actor: Actor | None = SHELL
) -> Services:
    """The services as `actor` uses them, without health checks."""
    pools = replace(databases(settings), pages=database)
    return services_of(
        settings,
        pools,
        Health({}),
        lambda: actor,
        clock,
        sign_in=NO_SIGN_IN,
        country_source=lambda: None,
    )


def fixed_services() -> Services:
    """Services of nobody without a database, at noon."""
    settings = Settings(data_dir=Path("/nowhere"), database_url=AWAY)
    return services_on(Database(AWAY), settings, Clock(), None)
