"""Deployments, restarts and reconnect storms near the start of an incident are named."""

from datetime import timedelta

from analytics.anomalies.incidents.causes import NearEvent, ReconnectStep, causes_of
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)


def test_deployments_and_restarts_near_the_start_are_named() -> None:
    events = [
        NearEvent(NOON + MINUTE * 5, "restart", "workers"),
        NearEvent(NOON - MINUTE * 30, "deploy", "2.4.1", "portal"),
        NearEvent(NOON - MINUTE * 31, "deploy", "too early", "portal"),
        NearEvent(NOON, "deploy", "of another app", "kiosk"),
        NearEvent(NOON, "note", "no cause", "portal"),
    ]
    causes = causes_of(NOON, "portal", events, [])
    assert [(cause["kind"], cause["title"]) for cause in causes] == [
        ("deploy", "2.4.1"), ("restart", "workers"),
    ]  # fmt: skip


def test_a_reconnect_storm_is_above_the_band_and_of_a_fifth_of_the_sessions_a_minute() -> None:
    steps = [
        ReconnectStep(NOON - MINUTE * 5, 90.0, 100.0, 50.0),  # within the band
        ReconnectStep(NOON, 140.0, 100.0, 150.0),  # 28 a minute, of 30
        ReconnectStep(NOON + MINUTE * 5, 160.0, 100.0, 150.0),
        ReconnectStep(NOON + MINUTE * 10, 200.0, 100.0, 150.0),
        ReconnectStep(NOON + MINUTE * 35, 900.0, 100.0, 150.0),  # too late
        ReconnectStep(NOON, None, 100.0, 150.0),
        ReconnectStep(NOON, 900.0, 100.0, None),
    ]
    (storm,) = causes_of(NOON, "portal", [], steps)
    assert storm == {
        "kind": "reconnect storm", "at": NOON + MINUTE * 10, "attempts_per_minute": 40.0,
        "sessions": 150.0,
    }  # fmt: skip
    assert causes_of(NOON, "portal", [], steps[:2]) == []
