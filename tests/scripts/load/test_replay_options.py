from datetime import datetime

import pytest

from scripts.load.api import Api, ApiFault
from scripts.load.options import Options, parse
from scripts.load.replay_options import NoReplay, with_visits
from tests.support.recorded_days import START, csv_of_day

REPLAY = ["light", "--scenario", "replay", "--replay-day", "2026-11-20", "--duration", "600"]


class Recorded(Api):
    """An API that has recorded the made-up day."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1", "token")

    def stored_hours(self, start: datetime) -> str:
        if start != START:
            raise ApiFault("the API answered 401: no token")
        return csv_of_day()


def made(*arguments: str) -> Options:
    return with_visits(parse([*REPLAY, *arguments]), Recorded())


def test_a_replay_sends_as_recorded_unless_rate_and_size_are_set() -> None:
    plan = made().plan
    assert plan.rate == pytest.approx(1 / 30, rel=0.01)
    assert plan.message_bytes == 80
    assert plan.replay is not None
    assert (plan.replay.opened, plan.replay.day, plan.replay.speed) == (1560, "2026-11-20", 144.0)
    assert plan.replay.messages_per_minute == pytest.approx(2, rel=0.01)
    other = made("--rate", "2", "--size", "500")
    assert (other.plan.rate, other.plan.message_bytes) == (2.0, 500)
    assert other.visits is not None
    assert other.visits.most_open() <= 50


def test_what_cannot_be_replayed_says_why() -> None:
    with pytest.raises(NoReplay, match="no token"):
        made("--replay-day", "2026-11-21")
    with pytest.raises(NoReplay, match="of the app kiosk was recorded"):
        made("--replay-app", "kiosk")
    with pytest.raises(NoReplay, match="use --duration"):
        made("--connections", "50000")


def test_other_scenarios_stay_as_they_are() -> None:
    options = parse(["light"])
    assert with_visits(options, Recorded()) is options
    with pytest.raises(SystemExit):
        parse(["light", "--scenario", "replay"])
