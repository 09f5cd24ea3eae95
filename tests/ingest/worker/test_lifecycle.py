"""A worker stops once, in order, and no stage delays the others beyond its deadline."""

import logging
import threading

import pytest

from ingest.worker import lifecycle
from ingest.worker.lifecycle import Lifecycle, Stage, repeating


class Journal:
    """Stages that note what they do."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.is_stopping = False

    def stage(self, name: str) -> Stage:
        """A stage whose start and stop are noted."""
        return Stage(
            name, 1, lambda: self.entries.append(name), lambda: self.entries.append(f"start {name}")
        )

    def worker(self) -> Lifecycle:
        """A worker of three stages."""
        return Lifecycle(
            at_signal=[self.stage("sockets")],
            after_requests=[self.stage("buffer"), self.stage("databases")],
        )


@pytest.fixture
def journal() -> Journal:
    return Journal()


def test_what_stops_last_starts_first(journal: Journal) -> None:
    worker = journal.worker()
    worker.start(lambda: False)
    worker.stop()
    assert journal.entries == [
        "start databases", "start buffer", "start sockets", "sockets", "buffer", "databases",
    ]  # fmt: skip


def test_a_repeated_step_runs_until_the_worker_stops() -> None:
    ran = threading.Event()
    worker = Lifecycle(at_signal=[], after_requests=[repeating("a repeated step", 0.001, ran.set)])
    worker.start(lambda: False)
    assert ran.wait(30)
    (loop,) = (thread for thread in threading.enumerate() if thread.name == "a repeated step")
    worker.stop()
    loop.join(30)
    assert not loop.is_alive()


def test_it_stops_once(journal: Journal) -> None:
    worker = journal.worker()
    threads = [threading.Thread(target=worker.stop) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.entries == ["sockets", "buffer", "databases"]


def test_it_stops_by_itself_though_a_connection_stays(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gunicorn's hook is not called then, and its master kills the worker."""
    monkeypatch.setattr(lifecycle, "REQUEST_SECONDS", 0.01)
    over = threading.Event()
    worker = Lifecycle(
        at_signal=[journal.stage("sockets")], after_requests=[Stage("databases", 1, over.set)]
    )
    worker.start(lambda: True)
    assert over.wait(5)
    assert journal.entries == ["start sockets", "sockets"]


def test_a_stage_that_hangs_or_fails_does_not_keep_the_next(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    thawed = threading.Event()

    def fail() -> None:
        raise OSError("gone")

    Lifecycle(
        at_signal=[],
        after_requests=[
            Stage("meter", 0.01, lambda: thawed.wait(5)),
            Stage("buffer", 1, fail),
            journal.stage("databases"),
        ],
    ).stop()
    thawed.set()
    assert journal.entries == ["databases"]
    assert "the meter takes longer than 0.01 s" in caplog.text
    assert "stopping the buffer failed" in caplog.text
