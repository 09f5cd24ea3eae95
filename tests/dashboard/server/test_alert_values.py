"""The Alerts page as values: addresses, sentences, the rule's form, the figure; no browser."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerting.answers import (
    Acknowledged,
    AlertResponse,
    EpisodeResponse,
    PreviewResponse,
    PreviewSeriesResponse,
    RuleVersionResponse,
)
from analytics.alerting.rules.checks import RuleFault, check
from analytics.alerting.rules.defaults import DEFAULT_RULES
from analytics.alerting.rules.rule import QuietHours, Rule
from analytics.notifications.delivery.recipient_reports import DeliveryCounts
from analytics.ranges.timerange import TimeRange
from dashboard.charts import rule_figure
from dashboard.charts.rule_figure import RuleHistory
from dashboard.server.alerts.core import wording
from dashboard.server.alerts.core.url_state import (
    LISTED_STATES,
    LISTS,
    AlertsUrlState,
    read_url_state,
)
from dashboard.server.alerts.editor import callbacks, editor, preview, versions
from dashboard.server.alerts.editor.rule_form import fields_of, rule_of
from dashboard.server.alerts.lists.deliveries import ordinal
from tests.support.alerts.alert_life import a_rule
from tests.support.clock import NOON

ZONE = ZoneInfo("UTC")
THIN = "\u202f"
minutes = st.integers(1, 60).map(lambda number: number * 60)
seconds = st.integers(0, 86_400)
numbers = st.none() | st.integers(1, 2**53 - 1)


def an_alert(**fields: object) -> AlertResponse:
    defaults: dict[str, object] = {
        "id": 1, "rule_id": 1, "rule": "Slow", "labels": {"country": "BR"}, "state": "firing",
        "severity": "critical", "since": NOON, "state_since": NOON, "fired_at": NOON,
        "ended_at": None, "notified_at": None, "value": 412.0, "threshold": 200.0, "n": 980,
        "acknowledged": None,
    }  # fmt: skip
    return AlertResponse(**(defaults | fields))  # type: ignore[arg-type]  # typed by the test


@given(
    st.sampled_from(LISTS), numbers, numbers, st.sampled_from(["", *LISTED_STATES]), numbers,
    st.sampled_from(["24h", "7d", "30d"]),
)  # fmt: skip
def test_an_address_read_back_gives_the_same_url_state(
    list_name: str, alert: int | None, edit: int | None, state: str, rule: int | None, preset: str
) -> None:
    url_state = AlertsUrlState(
        preset=preset, default_preset="7d", zone="Europe/Berlin", list_name=list_name, alert=alert,
        edit=edit, state=state, rule=rule,
    )  # fmt: skip
    assert read_url_state(url_state.search()) == url_state


@given(st.text())
def test_any_address_opens(search: str) -> None:
    assert read_url_state(search).list_name in LISTS
    assert read_url_state("?list=x&alert=-1&edit=9e9&state=inactive&rule=" + search).alert is None


def test_a_firing_alert_states_its_value_start_and_deliveries() -> None:
    alert, rule = an_alert(notified_at=NOON + timedelta(minutes=2)), a_rule()
    assert wording.alert_name(alert.rule, alert.labels) == "Slow, Brazil"
    assert wording.value_text(alert, rule).replace(THIN, " ") == (
        "412 ms, fires above 200 ms · n = 980 round trips"
    )
    status = wording.status_text(
        alert, rule, DeliveryCounts(sent=3), NOON + timedelta(minutes=45), ZONE
    )
    assert status.replace(THIN, " ") == "Firing since 12:00, 45 min · notified 12:02, sent to 3"


@pytest.mark.parametrize(
    ("deliveries", "status"),
    [
        (DeliveryCounts(sent=1, waiting=2), "notified 12:00, sent to 1 of 3, 2 waiting"),
        (DeliveryCounts(waiting=1, dead=1), "notified 12:00, 1 waiting, 1 failed"),
        (DeliveryCounts(), "notified 12:00"),
    ],
)
def test_waiting_and_failed_deliveries_are_counted_in_the_status(
    deliveries: DeliveryCounts, status: str
) -> None:
    assert wording.notification_text(an_alert(notified_at=NOON), deliveries, NOON, ZONE) == status


def test_a_pending_alert_says_how_long_it_still_takes() -> None:
    alert, rule = an_alert(state="pending"), a_rule(for_seconds=300)
    now = NOON + timedelta(minutes=3)
    assert wording.pending_label(alert, rule, now).replace(THIN, " ") == "Pending 3 of 5 min"
    assert (
        wording.status_text(alert, rule, DeliveryCounts(), now, ZONE)
        == "Fires at 12:05 if this continues"
    )


def test_an_acknowledged_alert_says_by_whom_until_when_and_why() -> None:
    until = NOON + timedelta(hours=6)
    acknowledged = Acknowledged(by="M. Keller", note="carrier work", at=NOON, until=until)
    text = wording.acknowledgement_text(an_alert(acknowledged=acknowledged), NOON, ZONE)
    assert text == "Acknowledged by M. Keller until 18:00: “carrier work”"


@pytest.mark.parametrize("state", ["no_data", "error", "flapping", "recovering", "acknowledged"])
def test_every_state_has_a_sentence_even_when_its_rule_was_removed(state: str) -> None:
    assert wording.status_text(an_alert(state=state), None, DeliveryCounts(), NOON, ZONE)
    assert wording.value_text(an_alert(state=state, value=None, threshold=None), None)


@given(
    st.builds(
        Rule,
        name=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=80),
        source=st.just("client"),
        metric=st.just("error_rate"),
        aggregation=st.just("ratio"),
        window_seconds=minutes,
        filters=st.dictionaries(st.sampled_from(["app", "page"]), st.just("a=b, c")),
        split_by=st.none() | st.just("country"),
        fire=st.integers(0, 10_000).map(lambda number: number / 10_000),
        clear=st.none() | st.integers(0, 10_000).map(lambda number: number / 10_000),
        direction=st.sampled_from(["above", "below"]),
        for_seconds=seconds,
        keep_firing_seconds=seconds,
        minimum_n=st.integers(0, 10**9),
        channels=st.sampled_from([("email",), ("webhook",), ("email", "webhook")]),
        recipients=st.lists(st.uuids(), max_size=3).map(tuple),
        notify_resolved=st.booleans(),
        repeat_seconds=st.integers(0, 168).map(lambda hours: hours * 3600),
        quiet_hours=st.none() | st.just(QuietHours("22:00", "06:30", "Europe/Berlin")),
        runbook=st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=200),
        enabled=st.booleans(),
    )
)
def test_a_rule_survives_the_round_trip_through_the_form(rule: Rule) -> None:
    assert rule_of(fields_of(rule)) == rule


def test_a_rule_on_labels_passes_through_the_form_and_is_described() -> None:
    rule = a_rule(metric="close_codes", aggregation="rate", split_by="code", window_seconds=300,
                  filters={"country": "BR"})  # fmt: skip
    assert rule_of(fields_of(rule)) == rule
    measurement = wording.measurement_text(rule)
    assert measurement == f"rate of close codes over 5{THIN}min, by close code, Country Brazil"
    assert "code" in editor.split_options("client/close_codes")
    assert "code" not in editor.split_options("client/drops")
    assert {"code", "closed_by"} <= editor.split_options("server/closed").keys()
    assert editor.filters_help("server/sent_by_type") == "One per line, by app, service, type"


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_the_rules_to_begin_with_pass_through_the_form(rule: Rule) -> None:
    assert rule_of(fields_of(rule)) == rule


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("fire", "much"),
        ("fire", "nan"),
        ("fire", "1e400"),
        ("clear", "300"),
        ("window_seconds", "1.5"),
        ("window_seconds", "90"),
        ("for_seconds", "-1"),
        ("minimum_n", "few"),
        ("filters", "country"),
        ("quiet_hours.start", "25:00"),
        ("name", ""),
        ("name", "x" * 81),
        ("runbook", "x" * 2001),
    ],
)
def test_an_invalid_value_is_reported_for_its_field(field: str, typed: str) -> None:
    with pytest.raises(RuleFault) as caught:
        check(rule_of(fields_of(a_rule()) | {field: typed, "quiet_hours.end": "06:00"} | (
            {} if field.startswith("quiet") else {"quiet_hours.end": ""}
        )))  # fmt: skip
    assert caught.value.field == field


def test_a_suggested_threshold_scales_the_clear_threshold() -> None:
    assert callbacks.scaled_thresholds(fields_of(a_rule(fire=200, clear=180)), 400.0) == (
        "400",
        "360",
    )
    share = a_rule(metric="error_rate", aggregation="ratio", fire=0.05, clear=0.04)
    assert callbacks.scaled_thresholds(fields_of(share), 0.1) == ("10", "8")


def test_a_version_lists_its_changes() -> None:
    older, newer = a_rule(fire=200), a_rule(fire=250, severity="critical")
    stored = [
        RuleVersionResponse(version=2, at=NOON, actor="ada", rule=newer),
        RuleVersionResponse(version=1, at=NOON, actor="ada", rule=older),
    ]
    assert (
        versions.changes_text(stored, 0)
        == "firing threshold 200 → 250; severity warning → critical"
    )
    assert versions.changes_text(stored, 1) == "created"


def a_preview(*fired: str) -> PreviewResponse:
    """Of two countries over two hours; one of them has a name that would be markup."""
    hours = [NOON + timedelta(hours=number) for number in range(4)]
    series = [
        PreviewSeriesResponse(labels={"country": name}, points=[(at, 100.0) for at in hours])
        for name in ("DE", "<b>BR</b>")
    ]
    episodes = [
        EpisodeResponse(labels={"country": name}, start=NOON, end=NOON + timedelta(hours=2))
        for name in fired
    ]
    return PreviewResponse(
        start=NOON, end=NOON + timedelta(hours=4), step_seconds=3600, sentence="", unit="ms",
        fired=len(fired), seconds=7200 * len(fired), episodes=episodes, suggestions=[],
        series=series,
    )  # fmt: skip


def test_the_label_set_that_fired_most_is_drawn_in_front_and_no_label_enters_the_figure() -> None:
    rule_preview = a_preview("<b>BR</b>", "<b>BR</b>", "DE")
    assert preview.ordered_series(rule_preview)[0].labels == {"country": "<b>BR</b>"}
    drawn = preview.draw(a_rule(split_by="country"), rule_preview, ZONE)
    assert "<b>BR" not in str(drawn.body)
    spans = [shape for shape in drawn.body["layout"]["shapes"] if shape.get("xref") != "paper"]
    assert len(spans) == 2


def test_a_rule_that_never_fired_says_so() -> None:
    assert "not have fired" in str(preview.sentence(a_preview()))
    assert "no data" in str(preview.sentence(PreviewResponse(
        start=NOON, end=NOON, step_seconds=300, sentence="", unit="ms", fired=0, seconds=0,
        episodes=[], suggestions=[], series=[],
    )))  # fmt: skip


def test_a_rule_with_too_small_n_does_not_claim_that_all_was_well() -> None:
    rule_preview = a_preview()
    empty_series = [
        PreviewSeriesResponse(labels=series.labels, points=[(NOON, None)])
        for series in rule_preview.series
    ]
    too_few = msgspec.structs.replace(rule_preview, series=empty_series)
    assert "n never reached the minimum" in str(preview.sentence(too_few))


def test_a_share_is_drawn_in_percent_with_both_lines_in_view() -> None:
    rule = a_rule(metric="connect_success", aggregation="ratio", fire=0.95, clear=0.97,
                  direction="below")  # fmt: skip
    rule_preview = a_preview()
    history = preview.history_of(rule, rule_preview, rule_preview.series, ZONE)
    low, high = rule_figure.limits_of(history)
    assert (history.fire, history.clear) == (95.0, 97.0)
    assert low < history.fire
    assert history.clear < high


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.lists(st.none() | st.floats(-1e6, 1e6)))
def test_any_history_can_be_drawn(fire: float, clear: float, values: list[float | None]) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    end = start + timedelta(hours=len(values) + 1)
    history = RuleHistory(
        window=TimeRange(start, end),
        times=[start + timedelta(hours=number) for number in range(len(values))],
        values=[values],
        spans=[(start, end)],
        fire=fire,
        clear=clear,
        fire_label="fires above",
        clear_label="clears below",
    )
    low, high = rule_figure.draw(history)["layout"]["yaxis"]["range"]
    assert low < high


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (23, "23rd")]
)
def test_attempts_are_written_as_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text
