"""The scheduler's process: leads until it is asked to stop, then lets another one lead."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from threading import Thread

import pytest

from analytics.jobs.runner import LEASE, Runner
from models.database.engine import Database
from models.database.leases import Leases
from scripts import scheduler
from settings import Settings

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    handlers = {sign: signal.getsignal(sign) for sign in SIGNALS}
    yield
    for sign, handler in handlers.items():
        signal.signal(sign, handler)


def test_a_wrong_setting_ends_it_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEB_WORKERS", "many")
    assert scheduler.main() == 1
    assert "WEB_WORKERS" in capsys.readouterr().err


def test_it_leads_until_a_signal_and_lets_go(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "Runner", partial(Runner, schedule=()))
    leases = Leases(database)

    def stop_when_leading() -> None:
        while leases.renewed_at(LEASE) is None:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = Thread(target=stop_when_leading)
    thread.start()
    assert scheduler.main() == 0
    thread.join()
    assert leases.take(LEASE, "another", 60) is not None
