"""Notices that waited together: each alert is reported once, by its latest state and its story."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.notifications import wording
from analytics.notifications.delivery.folding import fold
from analytics.notifications.notice import FIRING_KINDS, Notice
from tests.support.clock import NOON
from tests.support.notice_factory import a_notice

KINDS = ("firing", "repeat", "flapping", "no_data", "resolved")
messages = st.lists(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(KINDS)), min_size=1, max_size=3),
    max_size=6,
)


def notices_of(drawn: list[list[tuple[int, str]]]) -> list[list[Notice]]:
    return [
        [a_notice(alert_id=alert, kind=kind, at=NOON + timedelta(minutes=n)) for alert, kind in row]
        for n, row in enumerate(drawn)
    ]


@given(messages)
def test_each_alert_is_reported_once_by_its_latest_state(
    drawn: list[list[tuple[int, str]]],
) -> None:
    latest = {alert: kind for message in drawn for alert, kind in message}
    folded = {notice.alert_id: notice for notice in fold(notices_of(drawn))}
    assert len(folded) == len(fold(notices_of(drawn))) == len(latest)
    for alert, kind in latest.items():
        notice = folded[alert]
        assert notice.kind == kind or {notice.kind, kind} == {"firing", "repeat"}
        overtaken = {k for message in drawn for a, k in message if a == alert} - {kind}
        if kind == "resolved":
            assert overtaken <= {earlier for earlier, _ in notice.earlier}
            assert wording.has_fired_unnoticed(notice) == bool(overtaken & FIRING_KINDS)


def test_a_single_notice_stays_as_it_was() -> None:
    assert fold([[a_notice()]]) == [a_notice()]


def test_what_no_alert_has_is_not_folded() -> None:
    assert len(fold([[a_notice(alert_id=None)], [a_notice(alert_id=None)]])) == 2


def test_the_story_is_in_the_title_the_headline_and_the_details() -> None:
    end = NOON + timedelta(minutes=9)
    (notice,) = fold([[a_notice()], [a_notice(kind="resolved", at=end)]])
    assert wording.title(notice) == "Fired and resolved"
    assert wording.headline(notice) == (
        "Message latency was above 200\u202fms and is back to normal (Country Brazil)."
    )
    assert ("Before", "firing at 12:00 UTC") in wording.details(notice)
