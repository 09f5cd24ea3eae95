"""What a sender brings is added up over all workers of a node: of two real processes, of parts that
end with their worker, and of halves that begin anew."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import shared_loads
from ingest.bounds.amounts import Amounts
from ingest.bounds.population import Load, by_app
from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.sender_loads import ALL_APPS, HALF_SECONDS, SenderLoads
from ingest.bounds.shared_loads import PARTS_A_WORKER, SharedLoads
from ingest.bounds.withdrawals import Withdrawals
from ingest.http.node_memory import NodeMemory
from ingest.http.problems import SenderSetAside
from models.raw.client_reports import ClientReport
from settings import CHECKOUT, Settings
from tests.support.clock import NOON
from tests.support.store.report_factory import report

OFFICE, STRANGER = "198.51.100.7", "203.0.113.9"
# Each of two processes hears 60 sessions of an address, and the same 90 of another as the other
# process does. Prints of each who is admitted then, and how many sessions it withdrew.
WORKERS = """
import os
from multiprocessing import get_context
from uuid import UUID

from ingest.bounds import shared_loads
from tests.ingest.bounds import test_shared_loads as test

shared_loads.of_node.share(shared_loads.SharedLoads(workers=2))
fork = get_context("fork")
meeting = fork.Barrier(2)


def hear():
    withdrawals = test.Recorded()
    worker = test.a_worker(withdrawals)
    office = [test.report(session_id=UUID(int=number)) for number in range(90)]
    before = [test.admits(worker, test.STRANGER, test.report()) for _ in range(60)]
    before += [test.admits(worker, test.OFFICE, each) for each in office]
    meeting.wait(60)
    worker.compare(test.LATER)
    after = [test.admits(worker, address, office[0]) for address in (test.STRANGER, test.OFFICE)]
    line = f"{all(before)} {after[0]} {after[1]} {len(withdrawals.sessions)}"
    os.write(1, f"{line}\\n".encode())  # in one piece: both write to the same pipe


workers = [fork.Process(target=hear) for _ in range(2)]
[worker.start() for worker in workers]
[worker.join() for worker in workers]
"""
LATER = NOON + timedelta(seconds=20)
AMOUNTS = Amounts(1, 2, 3)


class Recorded(Withdrawals):
    """Withdrawals that only list sessions."""

    def __init__(self) -> None:
        self.sessions: list[UUID] = []

    def add(self, sessions: Sequence[UUID]) -> None:
        """List them."""
        self.sessions += sessions


def a_worker(withdrawals: Withdrawals | None = None) -> ReportBounds:
    return ReportBounds(Settings(), withdrawals or Recorded())


def admits(worker: ReportBounds, address: str, *reports: ClientReport) -> bool:
    try:
        worker.apply({"REMOTE_ADDR": address}, reports, NOON)
    except SenderSetAside:
        return False
    return True


def crowd(worker: ReportBounds, first: int, senders: int) -> None:
    """One busy session of each of many senders."""
    for number in range(first, first + senders):
        a_report = report((20.0,) * 12, session_id=UUID(int=number), sent=20)
        assert admits(worker, f"11.0.{number >> 8}.{number & 255}", a_report)


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory that several bounds of this process share, as those of workers do."""
    memory = NodeMemory(SharedLoads)
    memory.share(SharedLoads(workers=2))
    monkeypatch.setattr(shared_loads, "of_node", memory)


def test_two_processes_add_up_what_an_address_brings() -> None:
    command = [sys.executable, "-c", WORKERS]
    completed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    # The address is set aside at both; who hops from one to the other counts once.
    assert completed.stdout.split("\n")[:2] == ["True False True 60"] * 2


@pytest.mark.usefixtures("node")
def test_amounts_that_are_spread_over_workers_are_out_of_proportion_too() -> None:
    withdrawals = [Recorded() for _ in range(4)]
    workers = [a_worker(each) for each in withdrawals]
    for number, worker in enumerate(workers):
        crowd(worker, 100 * number, 100)
    heavy = [report((5.0,) * 6, session_id=uuid4(), sent=150) for _ in workers]
    for worker, each in zip(workers, heavy, strict=True):
        assert admits(worker, STRANGER, each)  # 150 messages of 400: 20 times the usual 20
    for number, worker in enumerate(workers):
        worker.compare(LATER + timedelta(seconds=number))
    assert [each.sessions for each in withdrawals] == [[each.session_id] for each in heavy]


@pytest.mark.usefixtures("node")
def test_an_office_whose_sessions_hop_between_workers_counts_each_once() -> None:
    workers = [a_worker() for _ in range(4)]
    office = [report() for _ in range(100)]
    for number, worker in enumerate(workers):
        assert admits(worker, OFFICE, *office)
        worker.compare(LATER + timedelta(seconds=number))
        assert admits(worker, OFFICE, *office)
    assert not admits(workers[0], OFFICE, report())


@pytest.mark.usefixtures("node")
def test_who_is_set_aside_by_a_worker_is_so_at_all_and_calm_at_all() -> None:
    former, latter = a_worker(), a_worker()
    assert not admits(former, STRANGER, *(report() for _ in range(101)))
    latter.compare(LATER)
    assert not admits(latter, STRANGER, report())
    calm = NOON + timedelta(seconds=3 * HALF_SECONDS)
    for worker in (former, latter):
        worker.compare(calm)
        worker.apply({"REMOTE_ADDR": STRANGER}, [report()], calm)


def test_what_a_worker_heard_counts_when_it_has_ended() -> None:
    memory = SharedLoads()
    ended, follower = SenderLoads(memory), SenderLoads(memory)
    ended.add(1, "portal", uuid4(), AMOUNTS, is_new=True)
    assert [(app, of.tolist()) for app, of, _ in follower.of_node() if app] == [
        (hash("portal"), [1])
    ]


def test_a_worker_without_a_part_counts_by_itself() -> None:
    memory = SharedLoads()
    parts = [SenderLoads(memory) for _ in range(PARTS_A_WORKER)]
    alone = SenderLoads(memory)
    alone.add(1, "portal", uuid4(), AMOUNTS, is_new=True)
    assert all(not list(each.of_node()) for each in parts)
    assert len(list(alone.of_node())) == 2


def test_a_page_that_is_full_takes_no_more_senders() -> None:
    loads = SenderLoads(SharedLoads(most_rows=3))
    for sender in range(1, 5):
        loads.add(sender, "portal", uuid4(), AMOUNTS, is_new=True)
    assert loads.load(ALL_APPS, 1) == loads.load("portal", 1) == Load(1, *AMOUNTS)
    assert (loads.load(ALL_APPS, 2).sessions, loads.load("portal", 2).sessions) == (1, 0)
    assert loads.pairs == 3
    assert loads.load(ALL_APPS, 3) == loads.load(ALL_APPS, 4) == Load(0, 0, 0, 0)


def test_a_session_is_new_once_in_two_halves_of_any_worker() -> None:
    memory, session = SharedLoads(), uuid4()
    heard = [(7, 9), (7, 9), (8, 9), (9, 9), (11, 9), (11, 8)]
    assert [memory.is_first(session, sender, half) for half, sender in heard] == [
        *(True, False, False, False), True, True,
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-3, 3), st.integers(0, 9)), max_size=30))
def test_loads_are_added_up_by_app_and_sender(rows: list[tuple[int, int, int]]) -> None:
    apps, senders, values = (np.array([row[part] for row in rows]) for part in range(3))
    sums = {
        (app, sender): table.tolist()
        for app, of_app, tables in by_app(apps, senders, np.outer(values, [1.0, 2.0, 3.0, 4.0]))
        for sender, table in zip(of_app.tolist(), tables, strict=True)
    }
    expected: dict[tuple[int, int], int] = {}
    for app, sender, value in rows:
        expected[app, sender] = expected.get((app, sender), 0) + value
    assert sums == {key: [n, 2 * n, 3 * n, 4 * n] for key, n in expected.items()}
