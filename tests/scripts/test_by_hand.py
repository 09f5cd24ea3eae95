"""The commands an operator types without `serve`, as the README says them."""

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
from tests.conftest import connected, new_database
from tests.support.running_server import (
    START_SECONDS,
    await_end,
    descendants,
    free_port,
    open_folder,
)

PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder / "data"


def alembic(*words: str, **environment: str) -> str:
    """What `alembic` prints, run in the checkout; it must succeed."""
    answer = subprocess.run(
        [PROGRAMS / "alembic", *words],
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


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
    with connected(url) as cursor:
        cursor.execute("SELECT count(*) FROM client_reports")
        assert cursor.fetchone() == (0,)


@pytest.mark.timeout(180)
def test_alembic_and_gunicorn_bring_their_own_database_and_take_it_away(data_dir: Path) -> None:
    port = free_port()
    where = {"DATA_DIR": str(data_dir), "PORT": str(port), "WEB_WORKERS": "1"}
    alembic("upgrade", "head", **where)
    with gunicorn(**where) as process:
        await_ready(port)
        started = descendants(process.pid)
    assert len(started) > 2  # a worker and a database with its helpers
    assert await_end(started) == set()
