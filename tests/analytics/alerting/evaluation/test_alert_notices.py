"""Notices: who gets them, what they say of an alert, and the page that they lead to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import numpy as np
from msgspec.structs import replace

from analytics.alerting.evaluation.alert_notices import (
    LEAD,
    MOST_WITH_HISTORY,
    PAGES,
    NoticeGroup,
    group_notices,
    view_path,
)
from analytics.alerting.evaluation.evaluation_round import AlertChange
from analytics.alerting.evaluation.measurements import RuleMeasurements
from analytics.alerting.lifecycle import state_machine
from analytics.alerting.records import LoadedRule, new_row
from analytics.alerting.rules.groups import group_of
from analytics.alerting.rules.rule import Rule
from analytics.notifications.notice import Notice, NoticeKind
from analytics.query.arrays import Arrays
from models.alerts.recipients import Recipient
from models.metrics.grid import Grid
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON

MINUTE = timedelta(minutes=1)
HOSTILE = "a&b=c#d \u00e9/<b>"
DROPS = a_rule(metric="drops", aggregation="count", fire=5, clear=2, split_by="country",
               window_seconds=120)  # fmt: skip


def a_recipient(kind: str = "email") -> Recipient:
    return Recipient(
        id=uuid4(), kind=kind, address=f"{uuid4()}@example.com", name="x", wants_resolved=True,
        wants_digest=False, paused=False, created_at=NOON,
    )  # fmt: skip


def a_change(
    rule: Rule, labels: dict[str, str], kind: NoticeKind | None = "firing", rule_id: int = 1,
    **more: Any,
) -> AlertChange:  # fmt: skip
    loaded_rule = LoadedRule(rule_id, rule, more.pop("fault", ""))
    state = state_machine.initial_state(NOON - 10 * MINUTE)
    row = new_row(loaded_rule, labels, state)
    return AlertChange(loaded_rule, None, row, notice_kind=kind, **more)


def notice_of(change: AlertChange, alert_id: int, measurements: RuleMeasurements) -> Notice:
    ((notice,),) = group_notices([(alert_id, change)], measurements, NOON, {}).values()
    return notice


def drops_of(*values: float, countries: Sequence[str] = ("BR",)) -> RuleMeasurements:
    """Drops per minute up to noon, the same of each country."""
    counts = np.array([values] * len(countries), dtype=np.float64)
    arrays = Arrays(
        labels=[{"country": country} for country in countries],
        grid=Grid.uniform(NOON - len(values) * MINUTE, 60, len(values)),
        observed=counts,
        sums={"drops": counts, "reports": counts},
    )
    return RuleMeasurements({group_of(DROPS): arrays})


def group(channels: set[str], *recipients: UUID) -> NoticeGroup:
    return NoticeGroup("g", frozenset(channels), frozenset(recipients))


def test_the_named_recipients_on_the_channels_get_it() -> None:
    ann, bob, hook = a_recipient(), a_recipient(), a_recipient("webhook")
    everybody = [ann, bob, hook]
    assert group({"email", "webhook"}).select_recipients(everybody) == everybody
    assert group({"webhook"}).select_recipients(everybody) == [hook]
    assert group({"email"}, bob.id, hook.id).select_recipients(everybody) == [bob]


def test_when_nobody_named_is_active_all_on_the_channels_get_it() -> None:
    ann, hook = a_recipient(), a_recipient("webhook")
    assert group({"email"}, uuid4()).select_recipients([ann, hook]) == [ann]
    assert group({"email"}, hook.id).select_recipients([ann, hook]) == [ann]
    assert group({"webhook"}).select_recipients([ann]) == []


def test_a_notice_leads_to_the_page_with_the_alerts_own_filters() -> None:
    rule = a_rule(filters={"app": HOSTILE}, split_by="country")
    path = view_path(rule, a_change(rule, {"country": "BR"}).row, NOON)
    parts = urlsplit(path)
    assert (parts.path, parts.netloc, parts.fragment) == (PAGES["client"], "", "")
    assert parse_qs(parts.query) == {
        "start": ["2026-03-02T11:20:00Z"], "end": ["2026-03-02T12:01:00Z"],
        "app": [HOSTILE], "country": ["BR"],
    }  # fmt: skip
    assert timedelta(minutes=30) == LEAD


def test_labels_that_pages_cannot_filter_by_are_left_out_of_the_path() -> None:
    rule = a_rule(source="server", metric="closed", aggregation="count", fire=5, clear=1,
                  split_by="code", filters={"app": "shop"})  # fmt: skip
    parts = urlsplit(view_path(rule, a_change(rule, {"code": "1006"}).row, NOON))
    assert parts.path == PAGES["server"]
    assert parse_qs(parts.query).keys() == {"start", "end", "app"}


def test_a_notice_says_what_was_measured_and_why() -> None:
    change = a_change(DROPS, {"country": HOSTILE}, reason="why not")
    notice = notice_of(change, 42, RuleMeasurements())
    assert (notice.alert_id, notice.rule, notice.reason) == (42, "Slow", "why not")
    assert (notice.threshold, notice.clear_threshold, notice.direction) == (5, 2, "above")
    assert notice.labels == {"country": HOSTILE}
    assert (notice.since, notice.at, notice.history) == (NOON - 10 * MINUTE, NOON, ())


def test_the_history_is_the_value_of_the_window_that_ends_with_each_minute() -> None:
    notice = notice_of(a_change(DROPS, {"country": "BR"}), 1, drops_of(1, 2, 4))
    assert notice.history == ((NOON - 2 * MINUTE, 1), (NOON - MINUTE, 3), (NOON, 6))


def test_what_was_not_measured_has_no_history() -> None:
    elsewhere = a_change(DROPS, {"country": "DE"})
    assert notice_of(elsewhere, 1, drops_of(1, 2, 4)).history == ()
    faulty = a_change(DROPS, {"country": "BR"}, fault="the metric is gone")
    assert notice_of(faulty, 1, drops_of(1, 2, 4)).history == ()


def test_a_deferred_end_has_the_time_of_the_end_and_no_history() -> None:
    change = a_change(DROPS, {"country": "BR"}, "resolved")
    ended = replace(change.row.alert_state, ended_at=NOON - 5 * MINUTE)
    change = replace(change, row=replace(change.row, alert_state=ended))
    notice = notice_of(change, 1, drops_of(1, 2, 4))
    assert (notice.at, notice.history) == (NOON - 5 * MINUTE, ())


def test_alerts_of_a_rule_share_a_message_and_those_without_notice_are_left_out() -> None:
    other = a_rule(name="Other")
    changes = [
        (1, a_change(DROPS, {"country": "BR"})),
        (2, a_change(DROPS, {"country": "DE"}, None)),
        (3, a_change(DROPS, {"country": "FR"}, "resolved")),
        (4, a_change(other, {}, rule_id=2)),
    ]
    grouped = group_notices(changes, RuleMeasurements(), NOON, {})
    ids = {key.group_key: [notice.alert_id for notice in grouped[key]] for key in grouped}
    assert ids == {"rule 1": [1, 3], "rule 2": [4]}


def test_missing_data_of_a_source_is_a_single_message() -> None:
    changes = [(n, a_change(a_rule(name=str(n)), {}, "no_data", rule_id=n)) for n in range(3)]
    (key,) = grouped = group_notices(changes, RuleMeasurements(), NOON, {})
    assert (key.group_key, len(grouped[key])) == ("no data client", 3)


def test_only_the_first_alerts_of_a_message_carry_their_history() -> None:
    countries = [f"C{number}" for number in range(MOST_WITH_HISTORY + 2)]
    changes = [(n, a_change(DROPS, {"country": c})) for n, c in enumerate(countries)]
    grouped = group_notices(changes, drops_of(1, 2, countries=countries), NOON, {})
    (notices,) = grouped.values()
    assert [bool(notice.history) for notice in notices] == [True] * MOST_WITH_HISTORY + [False] * 2
