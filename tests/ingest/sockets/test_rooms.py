"""Rooms of one worker, and the member counts of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sockets.rooms.rooms import Rooms, TooManyRooms

HALL, YARD = ("portal", "hall"), ("portal", "yard")
steps = st.lists(
    st.tuples(st.sampled_from(["join", "leave", "gone"]), st.integers(0, 4), st.integers(0, 3)),
    max_size=60,
)


@given(steps)
def test_membership_matches_a_plain_set(actions: list[tuple[str, int, int]]) -> None:
    rooms, pairs = Rooms[int](), set[tuple[int, int]]()
    for step, member, number in actions:
        room = ("app", str(number))
        if step == "join":
            assert rooms.join(member, room) is ((member, number) not in pairs)
            pairs.add((member, number))
        elif step == "leave":
            assert rooms.leave(member, room) is ((member, number) in pairs)
            pairs.discard((member, number))
        else:
            rooms.leave_all(member)
            pairs = {pair for pair in pairs if pair[0] != member}
    actual = {
        (member, int(name)) for app, name in rooms for member in rooms.local_members((app, name))
    }
    assert actual == pairs


def test_members_elsewhere_count() -> None:
    rooms = Rooms[str]()
    rooms.join("ann", HALL)
    rooms.update_worker("other", {HALL: 3, YARD: 1}, 10.0, complete=True)
    assert (rooms.count(HALL), rooms.count(YARD)) == (4, 1)
    rooms.update_worker("other", {YARD: 0}, 11.0, complete=False)
    assert (rooms.count(HALL), rooms.count(YARD)) == (4, 0)
    rooms.update_worker("other", {}, 12.0, complete=True)
    assert rooms.count(HALL) == 1


def test_a_silent_worker_leaves_no_ghosts() -> None:
    rooms = Rooms[str]()
    rooms.update_worker("other", {HALL: 3}, 10.0, complete=True)
    rooms.forget_silent_workers(10.0)
    assert rooms.has_worker("other")
    rooms.forget_silent_workers(10.5)
    assert (rooms.count(HALL), rooms.has_workers) == (0, False)


def test_rooms_per_member_are_limited() -> None:
    rooms = Rooms[str](per_member=1)
    rooms.join("ann", HALL)
    with pytest.raises(TooManyRooms):
        rooms.join("ann", YARD)
    assert rooms.join("bob", YARD)


def test_rooms_per_worker_are_limited() -> None:
    rooms = Rooms[str](per_worker=1)
    rooms.join("ann", HALL)
    with pytest.raises(TooManyRooms):
        rooms.join("bob", YARD)
    assert rooms.join("bob", HALL)
