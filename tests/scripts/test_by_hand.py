"""The commands of the README that work without `serve`."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from settings import CHECKOUT
from tests.support.servers.running_server import (
    START_SECONDS,
    await_end,
    descendants,
    free_port,
    open_folder,
)
from tests.support.store.postgres import autocommit_cursor, new_database

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "data"


def alembic(*arguments: str, **environment: str) -> str:
    """The output of `alembic`, run in the checkout; it must succeed."""
    completed = subprocess.run(
        [PROGRAMS / "alembic", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@contextmanager
def gunicorn(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [PROGRAMS / "gunicorn", "wsgi:create_app()"],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(15)


def await_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(f"http://127.0.0.1:{port}/api/ws/health/ready", timeout=5).ok:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn does not serve")


def test_alembic_migrates_the_database_that_is_named(embedded_url: str) -> None:
    url = new_database(embedded_url, f"by_hand_{os.getpid()}")
    alembic("upgrade", "head", DATABASE_URL=url)
    assert "(head)" in alembic("current", DATABASE_URL=url)
    with autocommit_cursor(url) as cursor:
        cursor.execute("SELECT count(*) FROM client_reports")
        assert cursor.fetchone() == (0,)


@pytest.mark.timeout(180)
def test_alembic_and_gunicorn_start_and_stop_the_embedded_database(data_dir: Path) -> None:
    port = free_port()
    where = {"DATA_DIR": str(data_dir), "PORT": str(port), "WEB_WORKERS": "1"}
    alembic("upgrade", "head", **where)
    with gunicorn(**where) as process:
        await_ready(port)
        started = descendants(process.pid)
    assert len(started) > 2  # a worker and a database with its helpers
    assert await_end(started) == set()
