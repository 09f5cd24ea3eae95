"""Fixtures shared by all tests: a real PostgreSQL, a fixed clock, the application, a browser.

One embedded server serves the entire run; each xdist worker has its own database in it, migrated
once and truncated before each test that uses it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as trials
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from psycopg2 import sql

from models.database import migrate
from models.database.engine import Database
from models.embedded import running
from scripts import first_start
from settings import Settings
from tests.support.clock import Clock
from tests.support.run_folder import RUN_FOLDER
from tests.support.servers.api_client import ApiClient
from tests.support.servers.chromium import Watch, cached_page, launch, new_context
from tests.support.servers.longest_first import longest_first
from tests.support.servers.running_server import (
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    RunningServer,
    running_server,
)
from tests.support.store.postgres import execute_as_administrator, new_database, truncate_tables
from wsgi import create_app


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deep` adds the long chaos tests."""
    parser.addoption("--deep", action="store_true", help="run the long chaos tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests marked `deep` without `--deep`; order the files for the workers."""
    if not config.getoption("--deep"):
        deep = [item for item in items if item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]
    longest_first(items)


def pytest_configure() -> None:
    """Create the folder of the run, passed to every xdist worker through the environment."""
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="wsmon-tests-")
        Path(os.environ[RUN_FOLDER]).chmod(0o711)  # as root the service user must traverse it


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder in the controlling process."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


# How long an example takes says how busy the machine is.
trials.register_profile("untimed", deadline=None)
trials.load_profile("untimed")


@pytest.fixture
def clock() -> Clock:
    """At noon of 2 March 2026, UTC, until advanced."""
    return Clock()


@pytest.fixture(scope="session")
def embedded_url() -> Iterator[str]:
    """The run's PostgreSQL, shared by all xdist workers; without fsync."""
    data_dir = Path(os.environ[RUN_FOLDER]) / "data"
    with running(Settings(data_dir=data_dir)) as url:
        execute_as_administrator(url, sql.SQL("ALTER SYSTEM SET fsync = off"))
        execute_as_administrator(url, sql.SQL("SELECT pg_reload_conf()"))
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
    truncate_tables(database_url)
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of an installation on the worker's database; all tests share its folder."""
    data_dir = Path(os.environ[RUN_FOLDER]) / "installation"
    return Settings(data_dir=data_dir, database_url=database_url, web_workers=1)


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """The application."""
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
    """A client of the live server's API."""
    client = ApiClient(live_server)
    yield client
    client.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a thread can have a single one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A real Chromium without a window."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def browsing(chromium: Browser) -> Iterator[BrowserContext]:
    """The context of all pages that need no other: what one loaded the next has in its cache."""
    context = new_context(chromium)
    yield context
    context.close()


@pytest.fixture
def watched(browsing: BrowserContext) -> Iterator[tuple[Page, Watch]]:
    """A page and its watch; the test fails on console errors and foreign requests."""
    with cached_page(browsing) as (page, watch):
        yield page, watch
        watch.assert_clean()


@pytest.fixture
def page(watched: tuple[Page, Watch]) -> Page:
    """A page without console errors and requests to other hosts."""
    return watched[0]


@pytest.fixture
def watch(watched: tuple[Page, Watch]) -> Watch:
    """The watch of `page`: `console_errors` and `foreign_requests`."""
    return watched[1]
