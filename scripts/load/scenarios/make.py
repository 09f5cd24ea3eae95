"""The scenario of a plan."""

from uuid import uuid4

from analytics.load_tests.report import Plan
from scripts.load.clients.scenario import Client, Scenario
from scripts.load.clients.tally import Tally

from .chat import Chat
from .echo import Echo
from .idle import Idle
from .rooms import Rooms
from .slow_readers import SlowReaders

_OF_ROOMS: dict[str, type[Rooms]] = {"rooms": Rooms, "chat": Chat, "slow-readers": SlowReaders}


def make(plan: Plan, tally: Tally) -> Scenario[Client]:
    """A scenario for one run, which counts into `tally`."""
    if plan.scenario == "idle":
        return Idle()
    if plan.scenario in _OF_ROOMS:
        return _OF_ROOMS[plan.scenario](tally, plan.message_bytes, uuid4().hex[:8])
    return Echo(tally, plan.message_bytes)
