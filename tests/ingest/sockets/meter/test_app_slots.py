"""The most used apps of a worker have names; those of strangers and refused ones keep none."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.sockets.meter.app_slots import CHANGES_PER_HOUR, AppSlots
from ingest.sockets.meter.meter import MOST_APPS, OTHER_APPS, Meter
from ingest.sockets.meter.process import ProcessMeter
from ingest.sockets.meter.tally import MOST_ROOMS_COUNTED, Tally
from models.raw.server_samples import ServerSample
from tests.support.clock import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def samples(meter: Meter, seconds: int = 5) -> dict[str | None, ServerSample]:
    end = NOON + timedelta(seconds=seconds)
    return {sample.app: sample for sample in meter.samples("here", NOON, end, ProcessMeter())}


def open_made_up(meter: Meter, number: int) -> None:
    for each in range(number):
        meter.tally(f"made up {each}").open(None)


def test_an_app_that_is_used_more_takes_the_name_of_the_least_used() -> None:
    meter = Meter("secret")
    open_made_up(meter, MOST_APPS)
    samples(meter)
    for _ in range(2):
        meter.tally("portal").open(meter.user_key("portal", "ann"))
    taken = samples(meter, 10)
    assert (taken["portal"].active, taken["portal"].opened) == (2, 2)
    (left,) = [s for s in taken.values() if s.app and s.active == 0]
    assert taken[OTHER_APPS].active == 1  # the connection of the one that gave way
    assert left.app not in samples(meter, 15)


def test_refused_handshakes_take_no_name() -> None:
    meter = Meter("secret")
    for number in range(MOST_APPS * 3):
        meter.tally_of_refused(f"made up {number}").rejected["403"] += 1
    meter.tally("portal").open(None)
    meter.tally_of_refused("portal").rejected["403"] += 1
    taken = samples(meter)
    assert {*taken} == {None, "portal", OTHER_APPS}
    assert taken[OTHER_APPS].rejected == {"403": MOST_APPS * 3}
    assert taken["portal"].rejected == {"403": 1}


def test_a_name_that_is_not_used_for_a_day_is_free_again() -> None:
    slots = AppSlots(1)
    slots.settle({"old": 1}, NOON)
    assert slots.settle({"new": 0}, NOON + DAY) == set()
    assert slots.settle({"new": 1}, NOON + DAY + HOUR) == {"old"}
    assert "new" in slots


def test_names_change_slowly_whatever_strangers_invent() -> None:
    slots, left = AppSlots(3), 0
    for second in range(0, 7200, 5):
        use = {f"app {second} {n}": second + n for n in range(9)}
        left += len(slots.settle(use, NOON + timedelta(seconds=second)))
    assert left == 2 * CHANGES_PER_HOUR


uses = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), max_size=8)


@settings(deadline=None)
@given(st.lists(uses, max_size=8))
def test_nothing_is_lost_or_counted_twice_whoever_has_a_name(
    intervals: list[dict[str, int]],
) -> None:
    meter = Meter("secret")
    meter._slots = AppSlots(2)
    active, opened, sampled = Counter[str](), 0, 0
    gauges = dict[str, int]()
    for number, interval in enumerate(intervals):
        for app, connections in interval.items():
            tally = meter.tally(app)
            while active[app] > connections:
                tally.close(1000, "client", 1.0, None)
                active[app] -= 1
            while active[app] < connections:
                tally.open(None)
                active[app] += 1
                opened += 1
        for sample in samples(meter, number * 5 + 5).values():
            if sample.app is not None:
                gauges[sample.app] = sample.active
                sampled += sample.opened
        assert sum(gauges.values()) == active.total()
        assert len({app for app, n in gauges.items() if n} - {OTHER_APPS}) <= 2
    assert sampled == opened


def test_busy_rooms_are_counted_beside_any_number_of_made_up_ones() -> None:
    tally = Tally()
    for number in range(MOST_ROOMS_COUNTED * 3):
        tally.count_room_message(f"made up {number}")
        tally.count_room_message("hall")
    assert tally.room_messages["hall"] == MOST_ROOMS_COUNTED * 3
    assert len(tally.room_messages) <= MOST_ROOMS_COUNTED
