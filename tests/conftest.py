"""Fixtures every test may use: a real PostgreSQL, a clock that stands still, the application.

One embedded server serves the whole run; each xdist worker has its own database in it, migrated
once and emptied before each test that asks for it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from psycopg2 import sql
from psycopg2.extensions import cursor
from sqlalchemy.engine import make_url

from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from models.embedded.connection import ADMINISTRATOR, ROLE
from scripts import first_start
from settings import Settings
from tests.support.api_client import ApiClient
from tests.support.chromium import Watch, launch, watched_page
from tests.support.running_server import ADMIN_EMAIL, ADMIN_PASSWORD, RunningServer, running_server
from wsgi import create_app

RUN_FOLDER = "WSMON_TEST_RUN_FOLDER"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAVES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
      AND (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass NOT IN (
          SELECT oid FROM pg_class WHERE relkind = 'p')
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deep` adds the long chaos tests."""
    parser.addoption("--deep", action="store_true", help="run the long chaos tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long ones out unless they are asked for."""
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]


def pytest_configure() -> None:
    """Give the run one folder, known to every xdist worker through the environment."""
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="wsmon-tests-")
        Path(os.environ[RUN_FOLDER]).chmod(0o711)  # as root the service user passes through


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder when the last worker is done."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


class Clock:
    """A clock the test moves: `clock()` is the injected now."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The present moment, in UTC."""
        return self.at

    def advance(self, **duration: float) -> None:
        """Move on by `timedelta(**duration)`."""
        self.at += timedelta(**duration)


@pytest.fixture
def clock() -> Clock:
    """Stands at noon of 2 March 2026, UTC, until moved."""
    return Clock()


@pytest.fixture(scope="session")
def embedded_url() -> Iterator[str]:
    """The run's PostgreSQL, shared by all xdist workers. It may forget what it was told last."""
    data_dir = Path(os.environ[RUN_FOLDER]) / "data"
    with running(Settings(data_dir=data_dir)) as url:
        administrate(url, sql.SQL("ALTER SYSTEM SET fsync = off"))
        administrate(url, sql.SQL("SELECT pg_reload_conf()"))
        yield url


@pytest.fixture(scope="session")
def database_url(embedded_url: str) -> str:
    """URL of this worker's own migrated database."""
    url = new_database(embedded_url, "test_" + os.environ.get("PYTEST_XDIST_WORKER", "main"))
    migrate.upgrade(url)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The migrated database with every table empty."""
    empty(database_url)
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of an installation on the worker's database; its folder serves all tests."""
    data_dir = Path(os.environ[RUN_FOLDER]) / "installation"
    return Settings(data_dir=data_dir, database_url=database_url, web_workers=1)


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """The whole application."""
    app = create_app(settings)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application with its own cookies."""
    return app.test_client()


@pytest.fixture(scope="session")
def live_server(embedded_url: str) -> Iterator[RunningServer]:
    """Gunicorn with one gevent worker, on a database of its own with an admin in it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    url = new_database(embedded_url, "live_" + worker)
    data_dir = Path(os.environ[RUN_FOLDER]) / f"live-{worker}"
    first = Settings(
        data_dir=data_dir,
        database_url=url,
        admin_email=ADMIN_EMAIL,
        admin_password=ADMIN_PASSWORD,
    )
    first_start.prepare(first, lambda _: None)
    with running_server(url, data_dir) as server:
        yield server


@pytest.fixture
def api(live_server: RunningServer) -> Iterator[ApiClient]:
    """A program that reads the live server's API."""
    client = ApiClient(live_server)
    yield client
    client.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium without a window."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[tuple[Page, Watch]]:
    """A page and what it did that it should not; the test fails when that is not empty."""
    with watched_page(chromium) as (page, watch):
        yield page, watch
        watch.assert_clean()


@pytest.fixture
def page(watched: tuple[Page, Watch]) -> Page:
    """A page whose console stays clean and which asks nothing of another host."""
    return watched[0]


@pytest.fixture
def watch(watched: tuple[Page, Watch]) -> Watch:
    """The watch of `page`: `console_errors` and `foreign_requests`."""
    return watched[1]


def new_database(server_url: str, name: str) -> str:
    """Make an empty database on the embedded server, dropping a former one; answers its URL."""
    quoted, owner = sql.Identifier(name), sql.Identifier(ROLE)
    administrate(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
    administrate(server_url, sql.SQL("CREATE DATABASE {} OWNER {}").format(quoted, owner))
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def empty(url: str) -> None:
    """Empty every table that holds rows, partitions included."""
    with connected(url) as open_cursor:
        open_cursor.execute(LEAVES)
        leaves = [name for (name,) in open_cursor.fetchall()]
        filled = [name for name in leaves if _holds_rows(open_cursor, name)]
        if filled:
            open_cursor.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")


def administrate(server_url: str, statement: sql.Composable) -> None:
    """Run one statement as the embedded server's administrator, outside a transaction."""
    url = make_url(server_url).set(username=ADMINISTRATOR, database="postgres")
    with connected(url.render_as_string(hide_password=False)) as open_cursor:
        open_cursor.execute(statement)


@contextmanager
def connected(url: str) -> Iterator[cursor]:
    """A cursor of a connection of its own that commits each statement."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg2.connect(plain)
    try:
        connection.autocommit = True
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def _holds_rows(open_cursor: cursor, table: str) -> bool:
    open_cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
    return open_cursor.fetchone() is not None
