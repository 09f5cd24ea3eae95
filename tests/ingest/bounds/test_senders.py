"""Senders out of proportion to the others are set aside until they are calm."""

import gc
from collections.abc import Sequence
from datetime import timedelta
from itertools import starmap
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from ingest.bounds import population
from ingest.bounds.amounts import Amounts
from ingest.bounds.exempt import ExemptSenders
from ingest.bounds.population import Load, bound_of, few
from ingest.bounds.report_bounds import BEHIND_PROXY, SET_ASIDE, ReportBounds
from ingest.bounds.sender_loads import ALL_APPS, HALF_SECONDS, SenderLoads
from ingest.bounds.senders import Senders
from ingest.bounds.session_bound import SessionUse
from ingest.bounds.shared_loads import SharedLoads
from ingest.bounds.withdrawals import Withdrawals
from ingest.http.problems import SenderSetAside
from ingest.http.sender import address_of
from models.database.engine import Database, DatabaseAway
from models.raw.client_reports import ClientReport
from models.raw.set_aside_reports import SetAsideReports
from settings import Settings
from tests.support.clock import NOON
from tests.support.store.report_factory import report

FEW = few(100)
OFFICE, STRANGER = "198.51.100.7", "203.0.113.9"


class Recorded(Withdrawals):
    """Withdrawals that only list sessions."""

    def __init__(self) -> None:
        self.sessions: list[UUID] = []

    def add(self, sessions: Sequence[UUID]) -> None:
        """List them."""
        self.sessions += sessions


def a_load(sessions: float = 1, durations: float = 10, messages: float = 40) -> Load:
    return Load(sessions, durations, messages, 1)


def bounds(withdrawals: Withdrawals | None = None, **fields: Any) -> ReportBounds:
    settings = Settings(web_workers=1, **fields)
    return ReportBounds(settings, withdrawals or Recorded())


def admit(
    bounded: ReportBounds, address: str, *reports: ClientReport, minutes: float = 0, **headers: str
) -> int:
    """The number of reports that pass; 0 when the sender is set aside."""
    environ = {"REMOTE_ADDR": address, **headers}
    try:
        passed, _ = bounded.apply(environ, reports, NOON + timedelta(minutes=minutes))
    except SenderSetAside:
        return 0
    return len(passed)


def crowd(bounded: ReportBounds, minutes: float = 0, senders: int = 150) -> None:
    """One session of each of many senders."""
    for number in range(senders):
        a_report = report((20.0,) * 12, session_id=UUID(int=number), sent=20)
        assert admit(bounded, f"11.0.0.{number}", a_report, minutes=minutes) == 1


def bound_among(loads: Sequence[Load]) -> Load:
    return bound_of(np.array(loads), FEW)


def of_portal(loads: SenderLoads) -> dict[int, Load]:
    """The load of each sender of the node in the app `portal`."""
    portal = [
        dict(zip(senders.tolist(), starmap(Load, table.tolist()), strict=True))
        for app, senders, table in loads.of_node()
        if app == hash("portal")
    ]
    return portal[0] if portal else {}


def test_with_enough_senders_the_bound_follows_what_they_bring() -> None:
    bound = bound_among([a_load()] * 200)
    assert bound == Load(10, 200, 800, 20)
    assert bound_among([a_load()] * 5000).sessions == 50  # one percent of all


def test_few_senders_have_the_bound_of_the_settings() -> None:
    assert bound_among([a_load()] * 99) == FEW
    assert bound_among([a_load()] * 100).sessions == 10


def test_what_few_bring_is_compared_with_those_who_do() -> None:
    loads = [a_load(durations=0)] * 190 + [a_load(durations=120)] * 10
    assert bound_among(loads).durations == 120 * population.TIMES_AMOUNTS
    loads[-1] = a_load(durations=1e6)
    assert bound_among(loads).durations < 1e6
    assert bound_among([*loads[:190], loads[-1]]).durations < 1e6


def test_fresh_ids_are_set_aside_and_taken_back() -> None:
    withdrawals = Recorded()
    bounded = bounds(withdrawals)
    crowd(bounded)
    reports = [report((600_000.0,)) for _ in range(30)]
    passed = [admit(bounded, STRANGER, each, minutes=1) for each in reports]
    assert passed == [1] * 10 + [0] * 20
    assert {each.session_id for each in reports[:11]} == {*withdrawals.sessions}
    crowd(bounded, minutes=2)


def test_who_came_before_the_others_is_judged_by_them_too() -> None:
    withdrawals = Recorded()
    bounded = bounds(withdrawals)
    reports = [report((600_000.0,)) for _ in range(60)]
    assert admit(bounded, STRANGER, *reports) == 60
    crowd(bounded, minutes=1)
    bounded.compare(NOON + timedelta(minutes=1, seconds=3))
    assert {each.session_id for each in reports} == {*withdrawals.sessions}


def test_a_session_with_too_much_is_set_aside_at_once() -> None:
    bounded = bounds()
    crowd(bounded)
    assert admit(bounded, OFFICE, report((20.0,) * 60), minutes=1) == 1
    heavy = report(latency_buckets=(300,), latency_counts=(10**9,), latency_sum_us=10**15)
    assert admit(bounded, STRANGER, heavy, minutes=1) == 0


def test_weight_by_the_sample_rate_is_out_of_proportion_too() -> None:
    bounded = bounds()
    crowd(bounded)
    assert admit(bounded, STRANGER, report(attempts=1, sample_rate=1e-6), minutes=1) == 0


def test_a_session_that_loads_its_page_over_and_over_is_set_aside() -> None:
    bounded, session = bounds(), uuid4()
    crowd(bounded)
    loads = [report(session_id=session, page_load_ms=86_400_000) for _ in range(60)]
    passed = sum(admit(bounded, STRANGER, each, minutes=1) for each in loads)
    assert passed == population._OF_LONELY[-1]


def test_an_office_behind_a_single_address_passes_among_few() -> None:
    bounded = bounds()
    office = [report() for _ in range(100)]
    assert admit(bounded, OFFICE, *office) == 100
    assert admit(bounded, OFFICE, *office, minutes=1) == 100
    assert admit(bounded, OFFICE, report(), minutes=2) == 0


def test_a_calm_sender_counts_again_and_who_goes_on_does_not() -> None:
    bounded = bounds()
    office = [report() for _ in range(101)]
    assert admit(bounded, OFFICE, *office) == 0
    assert [admit(bounded, OFFICE, *office, minutes=m) for m in (3, 6, 9)] == [0, 0, 0]
    assert admit(bounded, OFFICE, *office, minutes=12) == 101
    for minute in range(0, 40, 4):
        fresh = [report() for _ in range(60)]
        if minute >= 4:
            assert admit(bounded, STRANGER, *fresh, minutes=minute + 12) == 0
        else:
            admit(bounded, STRANGER, *fresh, minutes=minute + 12)


def test_a_made_up_app_does_not_help() -> None:
    bounded = bounds()
    crowd(bounded)
    passed = sum(admit(bounded, STRANGER, report(app=f"x{n}"), minutes=1) for n in range(30))
    assert passed == 10


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "fd00::1", ""])
def test_an_address_that_may_be_a_proxys_is_exempt_without_trusted_hops(address: str) -> None:
    assert ExemptSenders((), 0).covers(address_of(address))
    assert not ExemptSenders((), 1).covers(address_of(address))


def test_a_trusted_network_is_exempt() -> None:
    bounded = bounds(metrics_trusted_networks=("198.51.100.0/24",))
    assert admit(bounded, OFFICE, *(report() for _ in range(300))) == 300
    assert not ExemptSenders(("198.51.100.0/24",), 0).covers(address_of("2001:db8::1"))


def test_a_network_of_ipv6_is_a_sender() -> None:
    bounded = bounds()
    passed = [
        admit(bounded, f"2001:db8::{number:x}", *(report() for _ in range(20)))
        for number in range(1, 8)
    ]
    assert passed == [20] * 5 + [0] * 2


def test_the_problem_says_that_a_proxy_is_not_trusted() -> None:
    for hops, header, outcome in (
        (0, {"HTTP_X_FORWARDED_FOR": "203.0.113.1"}, BEHIND_PROXY),
        (0, {}, SET_ASIDE),
        (1, {"HTTP_X_FORWARDED_FOR": "203.0.113.1"}, SET_ASIDE),
    ):
        bounded = bounds(trusted_proxy_hops=hops)
        environ = {"REMOTE_ADDR": OFFICE, **header}
        with pytest.raises(SenderSetAside) as problem:
            bounded.apply(environ, [report() for _ in range(101)], NOON)
        assert problem.value.outcome == outcome
        assert ("TRUSTED_PROXY_HOPS" in problem.value.detail) is (outcome == BEHIND_PROXY)


def test_nothing_is_bounded_when_the_setting_is_zero() -> None:
    bounded = bounds(metrics_sender_sessions=0)
    assert admit(bounded, STRANGER, *(report() for _ in range(1000))) == 1000


def test_a_clock_that_is_put_back_cuts_nothing() -> None:
    bounded = bounds()
    busy = report((5.0,) * 6_000, app="portal")
    environ = {"REMOTE_ADDR": "127.0.0.1"}
    for hours in (0, -1, 1):
        for _ in range(4):
            (passed,), cut = bounded.apply(environ, [busy], NOON + timedelta(hours=hours))
            assert (sum(passed.latency_counts), cut) == (6_000, [])


def test_loads_do_not_add_up_for_hours_after_the_clock_was_put_back() -> None:
    bounded = bounds()
    for minutes in (0, -120, -105, -90):
        office = [report() for _ in range(60)]
        assert admit(bounded, OFFICE, *office, minutes=minutes) == 60
    assert admit(bounded, OFFICE, *(report() for _ in range(60)), minutes=-94) == 0


def test_two_reports_of_a_session_in_a_request_share_its_use() -> None:
    bounded, busy = bounds(), report((5.0,) * 6_000)
    (*_, last), cut = bounded.apply({"REMOTE_ADDR": "127.0.0.1"}, [busy] * 80, NOON)
    assert (sum(last.latency_counts), {each.name for each in cut}) == (0, {"durations"})
    assert max(each.number for each in cut) == 79


def test_what_is_remembered_of_sessions_and_senders_is_not_searched_for_garbage() -> None:
    loads, session = SenderLoads(SharedLoads()), uuid4()
    loads.remember(session, SessionUse(0.5, 0.5, 7))
    loads.add(7, "portal", session, Amounts(1, 2, 3), is_new=True)
    gc.collect()
    half = loads._now
    remembered = (half.sessions, half.apps["portal"], half.apps[ALL_APPS], half.started)
    assert not any(gc.is_tracked(value) for values in remembered for value in values.values())


def test_loads_are_forgotten_by_halves() -> None:
    loads, at = SenderLoads(SharedLoads()), 0.0
    for half in range(3):
        loads.advance(at)
        session = uuid4()
        loads.remember(session, SessionUse(0.5, 0.25, 7))
        use = loads.use_of(session)
        assert (use.minutes, use.untaken, use.sender) == (0.5, 0.25, 7)
        loads.add(1, "portal", session, Amounts(1, 2, 3), is_new=True)
        expected = min(half + 1, 2)
        assert loads.load(ALL_APPS, 1) == Load(expected, expected, 2 * expected, 3 * expected)
        assert of_portal(loads) == {1: loads.load("portal", 1)}
        at += HALF_SECONDS
    assert len(loads.take_sessions(1)) == 2
    loads.advance(at + 9 * HALF_SECONDS)
    assert of_portal(loads) == {}


def test_a_hash_is_not_the_address() -> None:
    former, latter = (Senders(100, SharedLoads(), lambda _: None) for _ in range(2))
    office, mapped = address_of(OFFICE), address_of(f"[::ffff:{OFFICE}]:443")
    assert former._hash(office) != latter._hash(office)
    assert former._hash(office) == former._hash(mapped)


def test_a_withdrawal_waits_for_the_store(database: Database) -> None:
    class Away(SetAsideReports):
        is_away = True

        def move(self, sessions: Sequence[UUID]) -> int:
            if self.is_away:
                raise DatabaseAway("gone")
            return len(sessions)

    counted: list[int] = []
    store = Away(database)
    withdrawals = Withdrawals(store, counted.append)
    withdrawals.add([uuid4()])
    withdrawals.finish()
    store.is_away = False
    withdrawals.finish()
    assert counted == [1, 1]
