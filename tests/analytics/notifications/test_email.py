"""What a mail says, and what nobody can make it say: headers, HTML, links, pictures."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from io import BytesIO

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from analytics.formatting.numbers import THIN
from analytics.notifications import wording
from analytics.notifications.advice import advice_for
from analytics.notifications.deadline import NotDelivered
from analytics.notifications.email import plot
from analytics.notifications.email.alert_email import compose_alert_email
from analytics.notifications.email.message import Email, link
from analytics.notifications.email.smtp import mime_message
from models.metrics.client_catalogue import CATALOG
from models.metrics.metric import Worse
from models.metrics.server_catalogue import SERVER_CATALOG
from tests.support.clock import NOON
from tests.support.notice_factory import a_notice

OURS = "https://metrics.example.com"
ENCODED = "=?utf-8?q?x=0ABcc:=20thief@example.com?="
HOSTILE = [
    ENCODED,
    "x\r\nBcc: thief@example.com",
    "=?utf-8?b?eApCY2M6IHRoaWVmQGV4YW1wbGUuY29t?=",
    "\u2028Bcc: thief@example.com",
    "=\u200b?utf-8?q?x=0ABcc:y?=",
    "= ?utf-8?q?x=0ABcc:y?=",
]
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
}  # fmt: skip


def parsed_message(email: Email, sender: str = "Monitor <m@example.com>") -> EmailMessage:
    """The message as a mail program reads it."""
    message = mime_message(email, sender=sender, to="a@example.com", message_id="1-2", at=NOON)
    return message_from_bytes(message.as_bytes(), policy=default)


def plain(text: str) -> str:
    return text.replace(THIN, " ")


class Page(HTMLParser):
    """The elements and URLs of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        address_attributes = ("href", "src", "srcset", "action", "background")
        self.addresses += [value or "" for name, value in attrs if name in address_attributes]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_cannot_inject_headers(text: str) -> None:
    notice = a_notice(rule=text, severity=text, labels={"country": text, "release": text})
    mail = parsed_message(compose_alert_email([notice], OURS))
    assert set(mail.keys()) == HEADERS
    assert mail["Bcc"] is None
    assert mail["To"] == "a@example.com"


@given(st.text(max_size=200), st.text(max_size=40))
def test_a_subject_is_a_single_line_without_encoded_text(rule: str, severity: str) -> None:
    notice = a_notice(rule=rule, severity=severity, history=())
    subject = wording.subject([notice])
    assert "\n" not in subject
    assert "=?" not in subject
    assert len(subject) < 200
    message = EmailMessage()
    message["Subject"] = subject
    assert message["Subject"] == subject


def test_text_of_clients_stays_out_of_the_headers() -> None:
    labels = {"release": "evil", "app": "evil", "page": "/evil", "country": "evil"}
    mail = parsed_message(compose_alert_email([a_notice(labels=labels)], OURS))
    assert "evil" not in "".join(f"{name}{value}" for name, value in mail.items())


@pytest.mark.parametrize(
    "sender", ["nobody", "x\r\nBcc: a@b.c <m@example.com>", "=?utf-8?q?x?= <m@example.com>", ""]
)
def test_a_sender_that_cannot_stand_in_a_header_is_refused(sender: str) -> None:
    with pytest.raises(NotDelivered, match="EMAIL_FROM"):
        parsed_message(compose_alert_email([a_notice()], None), sender)


EVIL = "<script>alert(1)</script>\"'><img src=https://evil.example/x onerror=alert(1)>"


def test_html_escapes_every_text() -> None:
    notice = a_notice(
        rule=EVIL, severity=EVIL, labels={"release": EVIL}, label=EVIL, aggregation=EVIL,
        noun=EVIL, runbook=EVIL, reason=EVIL, unit=EVIL, path="/x\"><script>",
    )  # fmt: skip
    page = Page(compose_alert_email([notice, notice], OURS).html)
    assert not page.elements & {"script", "iframe", "form", "object", "link"}
    assert all(address.startswith(("cid:", OURS)) for address in page.addresses)


def test_a_mail_loads_nothing_from_other_hosts() -> None:
    email = compose_alert_email([a_notice()], OURS)
    page = Page(email.html)
    pictures = {address[4:] for address in page.addresses if address.startswith("cid:")}
    assert pictures == set(email.pictures)
    assert not re.search(r"url\(|@import|http:", email.html)


def test_pictures_are_parts_of_the_mail_named_as_the_page_asks() -> None:
    mail = parsed_message(compose_alert_email([a_notice()], OURS))
    assert mail.get_content_type() == "multipart/alternative"
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    pictures = [part for part in related.iter_parts() if part.get_content_type() == "image/png"]
    assert {part["Content-ID"] for part in pictures} == {"<c0light@chart>", "<c0dark@chart>"}
    for part in pictures:
        assert Image.open(BytesIO(part.get_content())).size == (1104, 352)
        assert len(part.get_content()) < 30_000


def test_lines_of_a_mail_stay_within_what_servers_take() -> None:
    notice = a_notice(runbook="long " * 2000, labels={"page": "/" + "x" * 255})
    message = mime_message(
        compose_alert_email([notice], OURS), sender="m@example.com", to="a@example.com",
        message_id="1", at=NOON,
    )  # fmt: skip
    lines = message.as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert all(byte < 128 for line in lines for byte in line)


def test_the_text_states_value_labels_duration_and_deviation() -> None:
    text = plain(compose_alert_email([a_notice()], OURS).text)
    for part in (
        "Firing, critical: Message latency is above 200 ms (Country Brazil).",
        "412 ms (95th percentile of message latency)",
        "84 to 120 ms; now 3.43 times its upper end",
        "fires above 200 ms, clears below 160 ms",
        "11:15 UTC, 45 min ago",
        "n = 980 messages",
        "Call the edge's provider.",
        "What usually helps with slow messages",
        f"{OURS}/admin/websocket-analytics/alerts?alert=7",
    ):
        assert part in text


def test_a_share_is_formatted_in_per_cent_and_points() -> None:
    notice = a_notice(
        metric="connect_success", label="Connect success", aggregation="share of", unit="",
        value=0.931, threshold=0.95, clear_threshold=0.965, direction="below", usual_low=0.97,
        usual_high=0.99,
    )  # fmt: skip
    text = plain(compose_alert_email([notice], None).text)
    assert "Connect success is below 95.0 %" in text
    assert "97.0 to 99.0 %; now 3.90 pt under that" in text


def test_the_deviation_of_a_share_is_no_share() -> None:
    notice = a_notice(
        metric="error_rate", label="Message error rate", aggregation="deviation of",
        unit="widths of the usual range", value=11.3, threshold=2.5, clear_threshold=2.5,
        usual_low=None, usual_high=None,
    )  # fmt: skip
    text = plain(compose_alert_email([notice], None).text)
    assert "Message error rate is above 2.50 widths of the usual range" in text
    assert "11.3 widths of the usual range (deviation of message error rate)" in text


def test_a_zero_count_has_its_own_headline() -> None:
    notice = a_notice(
        metric="reports", label="Reports", aggregation="count of", unit="", noun="reports",
        value=0.0, threshold=1.0, direction="below", labels={}, usual_low=None,
    )  # fmt: skip
    assert wording.headline(notice) == "There are no reports."
    drops = msgspec.structs.replace(notice, metric="drops", label="Drops", labels={"code": "1006"})
    assert wording.headline(drops) == "There are no drops (Close code 1006)."
    assert wording.headline(a_notice(kind="repeat")).startswith("Message latency is still above")


def test_without_a_public_url_there_is_a_hint_instead_of_a_link() -> None:
    email = compose_alert_email([a_notice()], None)
    assert "PUBLIC_URL" in email.text
    assert "PUBLIC_URL" in email.html
    assert not [a for a in Page(email.html).addresses if not a.startswith("cid:")]


@pytest.mark.parametrize(
    "path",
    ["@evil.example/", "//evil.example", ".evil.example", "https://evil.example", "/a b", ""],
)
def test_a_link_cannot_leave_public_url(path: str) -> None:
    assert link(OURS, path) is None


def test_a_group_of_notices_is_a_single_email_with_its_advice_once() -> None:
    group = [a_notice(labels={"country": f"{n:02}"}, alert_id=n) for n in range(60)]
    email = compose_alert_email([a_notice(kind="resolved"), *group], OURS)
    assert email.subject == "Firing: Message latency and 60 more (critical)"
    assert "61 alerts: 60 firing, 1 resolved" in email.text
    assert email.text.count("What usually helps") == 1
    assert len(email.pictures) == 8
    assert "and 7 more." in email.html


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("repeat", "Message latency is still above 200 ms"),
        ("resolved", "Message latency is back to normal"),
        ("no_data", "there is no data"),
        ("error", "could not be evaluated"),
        ("flapping", "keeps crossing 200 ms"),
        ("test", "This is a test"),
    ],
)
def test_every_kind_has_its_sentence(kind: str, says: str) -> None:
    email = compose_alert_email([a_notice(kind=kind, value=None)], OURS)
    assert says in plain(email.text)
    assert email.subject.startswith(wording.TITLES[kind])


def test_metrics_that_can_be_bad_have_advice() -> None:
    exempt = {"cls", "downlink_mbps", "slow_closes", "cpu_ms"}
    without_advice = {
        m.key for m in CATALOG if m.worse is not Worse.NEITHER and not advice_for(m.key, "")
    }
    assert without_advice <= exempt
    assert advice_for("latency_ms", "no_data") != advice_for("latency_ms", "firing")
    assert {m.key for m in SERVER_CATALOG if m.threshold and not advice_for(m.key, "")} == set()


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_ticks_lie_within_and_are_few(low: float, span: float) -> None:
    ticks = plot.value_ticks(low, low + span)
    assert all(low - span / 1e6 <= tick <= low + span * 1.000001 for tick in ticks)
    assert 1 <= len(ticks) <= 6


@given(st.integers(1, 60 * 24 * 40))
def test_moments_on_the_axis_are_few_and_within(minutes: int) -> None:
    start, end = NOON, NOON + timedelta(minutes=minutes)
    ticks = [at for at, _ in plot.time_ticks(start, end)]
    assert all(start <= at <= end for at in ticks)
    assert len(ticks) <= 8


@pytest.mark.parametrize(
    "history",
    [
        (), ((NOON, 1.0),), ((NOON, None), (NOON + timedelta(1), None)),
        ((NOON, float("nan")), (NOON + timedelta(1), 1.0)),
    ],
)  # fmt: skip
def test_too_little_to_draw_is_no_picture(history: tuple[object, ...]) -> None:
    assert compose_alert_email([a_notice(history=history)], None).pictures == {}


@pytest.mark.parametrize("value", [0.0, -5.0, 1e12, 1e-9])
def test_flat_and_extreme_histories_can_be_drawn(value: float) -> None:
    history = tuple((NOON - timedelta(minutes=n), value) for n in (3, 2, 1))
    notice = a_notice(history=history, threshold=value, usual_low=value, usual_high=value)
    assert len(compose_alert_email([notice], None).pictures) == 2
