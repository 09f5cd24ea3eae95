from hypothesis import given
from hypothesis import strategies as st

from scripts.load.clients.pacing import BURST, TICK, Pacer

FIRSTS = st.lists(st.floats(0, 10), min_size=1, max_size=20)


@given(FIRSTS, st.floats(0.1, 5), st.lists(st.floats(0, 3), max_size=20))
def test_everything_due_is_sent_once_in_order_however_late(
    firsts: list[float], interval: float, pauses: list[float]
) -> None:
    now = 0.0
    pacer: Pacer[int] = Pacer(interval, clock=lambda: now)
    sent: list[tuple[float, int]] = []
    for number, first in enumerate(firsts):
        pacer.add(number, first)

    def send(sender: int, due: float, since: float) -> bool:
        assert due <= now
        assert since == (now if now - due <= TICK else due)
        sent.append((due, sender))
        return True

    for pause in pauses:
        now += pause
        while (following := pacer.run(send)) is not None and following <= now:
            pass
    assert [due for due, _ in sent] == sorted(due for due, _ in sent)
    for number, first in enumerate(firsts):
        times = [due for due, sender in sent if sender == number]
        due, expected = first, []
        while due <= now and pauses:
            expected.append(due)
            due += interval
        assert times == expected


def test_who_stops_sending_leaves_the_timetable() -> None:
    pacer: Pacer[str] = Pacer(1.0, clock=lambda: 9.0)
    pacer.add("gone", 0.0)
    assert pacer.run(lambda *_: False) is None
    assert pacer.run(lambda *_: True) is None


def test_replies_wait_for_a_burst_at_most() -> None:
    pacer: Pacer[int] = Pacer(1.0, clock=lambda: 0.0)
    for number in range(BURST + 1):
        pacer.add(number, 0.0)
    sent: list[int] = []

    def send(sender: int, *_: float) -> bool:
        sent.append(sender)
        return True

    assert pacer.run(send) == 0.0
    assert sent == list(range(BURST))
    assert pacer.run(send) == 1.0
    assert len(sent) == BURST + 1


def test_what_waits_for_others_that_are_due_counts_from_its_own_sending() -> None:
    clock = iter([1.0005, 1.001, 1.0011, 1.0029])
    pacer: Pacer[str] = Pacer(1.0, clock=lambda: next(clock))
    for first in ("a", "b", "c", "d"):
        pacer.add(first, 1.0)
    since: list[float] = []

    def send(_sender: str, _due: float, at: float) -> bool:
        since.append(at)
        return False

    pacer.run(send)
    assert since == [1.0005, 1.001, 1.0011, 1.0]  # the last waited for longer than a tick
