"""A probe as a report: of the app `probe`, a session a day and target, failed without a reply."""

from datetime import timedelta

from analytics.probes.attempt import Attempt
from analytics.probes.faults import Stage
from analytics.probes.probe_report import probe_report
from analytics.probes.targets import Target
from tests.support.clock import NOON

CHAT = Target("chat", "wss://chat.example.com/x?y")
UP = Attempt(stages={Stage.TCP: 1.0, Stage.UPGRADE: 3.0, Stage.REPLY: 2.0}, certificate_days=9.876)
MUTE = Attempt(stages={Stage.TCP: 1.0, Stage.UPGRADE: 3.0}, failed=Stage.REPLY, code="timeout")


def test_what_opens_and_does_not_reply_has_failed() -> None:
    up, mute = (probe_report(CHAT, each, NOON, NOON) for each in (UP, MUTE))
    assert (up.app, up.automated, up.page, up.endpoint) == ("probe", "probe", "chat", "/x")
    assert (up.opened, up.failed, up.latency_sum_us, up.setup_sum_us) == (1, 0, 2000, 4000)
    assert up.custom == {"certificate_days": 9.88}
    assert (mute.opened, mute.failed, mute.errors, mute.latency_counts) == (0, 1, 1, ())


def test_probes_of_a_day_are_a_session() -> None:
    first, later, tomorrow = (
        probe_report(CHAT, UP, at, at)
        for at in (NOON, NOON + timedelta(minutes=1), NOON + timedelta(days=1))
    )
    assert first.session_id == later.session_id != tomorrow.session_id
    assert first.report_id != later.report_id
    assert first == probe_report(CHAT, UP, NOON, NOON)
