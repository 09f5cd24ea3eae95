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
from analytics.notifications import wording as words
from analytics.notifications.advice import advice_for
from analytics.notifications.deadline import NotDelivered
from analytics.notifications.email import plot
from analytics.notifications.email.alert_email import alert_letter
from analytics.notifications.email.message import Email, link
from analytics.notifications.email.smtp import written
from models.metrics.client_catalogue import CATALOG, Worse
from models.metrics.server_catalogue import SERVER_CATALOG
from tests.conftest import NOON
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


def sent(letter: Email, sender: str = "Monitor <m@example.com>") -> EmailMessage:
    """The message as a mail program reads it."""
    made = written(letter, sender=sender, to="a@example.com", message_id="1-2", at=NOON)
    return message_from_bytes(made.as_bytes(), policy=default)


def plain(text: str) -> str:
    return text.replace(THIN, " ")


class Page(HTMLParser):
    """Which elements, addresses and pictures a page has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        wanted = ("href", "src", "srcset", "action", "background")
        self.addresses += [value or "" for name, value in attrs if name in wanted]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_writes_a_header(text: str) -> None:
    notice = a_notice(rule=text, severity=text, labels={"country": text, "release": text})
    mail = sent(alert_letter([notice], OURS))
    assert set(mail.keys()) == HEADERS
    assert mail["Bcc"] is None
    assert mail["To"] == "a@example.com"


@given(st.text(max_size=200), st.text(max_size=40))
def test_a_subject_is_one_line_that_reads_as_it_is_written(rule: str, severity: str) -> None:
    notice = a_notice(rule=rule, severity=severity, history=())
    subject = words.subject([notice])
    assert "\n" not in subject
    assert "=?" not in subject
    assert len(subject) < 200
    message = EmailMessage()
    message["Subject"] = subject
    assert message["Subject"] == subject


def test_text_of_clients_stays_out_of_the_headers() -> None:
    labels = {"release": "evil", "app": "evil", "page": "/evil", "country": "evil"}
    mail = sent(alert_letter([a_notice(labels=labels)], OURS))
    assert "evil" not in "".join(f"{name}{value}" for name, value in mail.items())


@pytest.mark.parametrize(
    "sender", ["nobody", "x\r\nBcc: a@b.c <m@example.com>", "=?utf-8?q?x?= <m@example.com>", ""]
)
def test_a_sender_that_cannot_stand_in_a_header_is_refused(sender: str) -> None:
    with pytest.raises(NotDelivered, match="EMAIL_FROM"):
        sent(alert_letter([a_notice()], None), sender)


EVIL = "<script>alert(1)</script>\"'><img src=https://evil.example/x onerror=alert(1)>"


def test_html_escapes_every_text() -> None:
    notice = a_notice(
        rule=EVIL, severity=EVIL, labels={"release": EVIL}, label=EVIL, aggregation=EVIL,
        noun=EVIL, runbook=EVIL, reason=EVIL, unit=EVIL, path="/x\"><script>",
    )  # fmt: skip
    page = Page(alert_letter([notice, notice], OURS).html)
    assert not page.elements & {"script", "iframe", "form", "object", "link"}
    assert all(address.startswith(("cid:", OURS)) for address in page.addresses)


def test_a_mail_asks_nothing_of_another_host() -> None:
    letter = alert_letter([a_notice()], OURS)
    page = Page(letter.html)
    pictures = {address[4:] for address in page.addresses if address.startswith("cid:")}
    assert pictures == set(letter.pictures)
    assert not re.search(r"url\(|@import|http:", letter.html)


def test_pictures_are_parts_of_the_mail_named_as_the_page_asks() -> None:
    mail = sent(alert_letter([a_notice()], OURS))
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
    long = a_notice(runbook="long " * 2000, labels={"page": "/" + "x" * 255})
    made = written(
        alert_letter([long], OURS), sender="m@example.com", to="a@example.com",
        message_id="1", at=NOON,
    )  # fmt: skip
    lines = made.as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert all(byte < 128 for line in lines for byte in line)


def test_it_says_what_where_since_when_and_how_far() -> None:
    text = plain(alert_letter([a_notice()], OURS).text)
    for part in (
        "Firing, critical: Message latency is above 200 ms (Country BR).",
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


def test_a_share_is_told_in_per_cent_and_points() -> None:
    notice = a_notice(
        metric="connect_success", label="Connect success", aggregation="share of", unit="",
        value=0.931, threshold=0.95, clear_threshold=0.965, direction="below", usual_low=0.97,
        usual_high=0.99,
    )  # fmt: skip
    text = plain(alert_letter([notice], None).text)
    assert "Connect success is below 95.0 %" in text
    assert "97.0 to 99.0 %; now 3.90 pt under that" in text


def test_nothing_at_all_is_told_as_that() -> None:
    notice = a_notice(
        metric="reports", label="Reports", aggregation="count of", unit="", noun="reports",
        value=0.0, threshold=1.0, direction="below", labels={}, usual_low=None,
    )  # fmt: skip
    assert words.headline(notice) == "There are no reports."
    drops = msgspec.structs.replace(notice, metric="drops", label="Drops", labels={"code": "1006"})
    assert words.headline(drops) == "There are no drops (Close code 1006)."
    assert words.headline(a_notice(kind="repeat")).startswith("Message latency is still above")


def test_without_a_public_url_there_is_no_link_but_word_of_how_to_get_one() -> None:
    letter = alert_letter([a_notice()], None)
    assert "PUBLIC_URL" in letter.text
    assert "PUBLIC_URL" in letter.html
    assert not [a for a in Page(letter.html).addresses if not a.startswith("cid:")]


@pytest.mark.parametrize(
    "path",
    ["@evil.example/", "//evil.example", ".evil.example", "https://evil.example", "/a b", ""],
)
def test_a_link_leads_nowhere_else(path: str) -> None:
    assert link(OURS, path) is None


def test_several_notices_of_a_group_are_one_letter_with_its_advice_once() -> None:
    group = [a_notice(labels={"country": f"{n:02}"}, alert_id=n) for n in range(60)]
    letter = alert_letter([a_notice(kind="resolved"), *group], OURS)
    assert letter.subject == "Firing: Message latency and 60 more (critical)"
    assert "61 alerts: 60 firing, 1 resolved" in letter.text
    assert letter.text.count("What usually helps") == 1
    assert len(letter.pictures) == 8
    assert "and 7 more." in letter.html


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
def test_every_kind_has_its_words(kind: str, says: str) -> None:
    letter = alert_letter([a_notice(kind=kind, value=None)], OURS)
    assert says in plain(letter.text)
    assert letter.subject.startswith(words.TITLES[kind])


def test_metrics_that_can_be_bad_have_advice() -> None:
    known = {"cls", "downlink_mbps", "slow_closes", "cpu_ms"}
    lacking = {m.key for m in CATALOG if m.worse is not Worse.NEITHER and not advice_for(m.key, "")}
    assert lacking <= known
    assert advice_for("latency_ms", "no_data") != advice_for("latency_ms", "firing")
    assert {m.key for m in SERVER_CATALOG if m.threshold and not advice_for(m.key, "")} == set()


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_ticks_lie_within_and_are_few(low: float, size: float) -> None:
    found = plot.value_ticks(low, low + size)
    assert all(low - size / 1e6 <= tick <= low + size * 1.000001 for tick in found)
    assert 1 <= len(found) <= 6


@given(st.integers(1, 60 * 24 * 40))
def test_moments_on_the_axis_are_few_and_within(minutes: int) -> None:
    start, end = NOON, NOON + timedelta(minutes=minutes)
    found = [at for at, _ in plot.time_ticks(start, end)]
    assert all(start <= at <= end for at in found)
    assert len(found) <= 8


@pytest.mark.parametrize(
    "history",
    [
        (), ((NOON, 1.0),), ((NOON, None), (NOON + timedelta(1), None)),
        ((NOON, float("nan")), (NOON + timedelta(1), 1.0)),
    ],
)  # fmt: skip
def test_too_little_to_draw_is_no_picture(history: tuple[object, ...]) -> None:
    assert alert_letter([a_notice(history=history)], None).pictures == {}


@pytest.mark.parametrize("value", [0.0, -5.0, 1e12, 1e-9])
def test_flat_and_extreme_histories_can_be_drawn(value: float) -> None:
    history = tuple((NOON - timedelta(minutes=n), value) for n in (3, 2, 1))
    notice = a_notice(history=history, threshold=value, usual_low=value, usual_high=value)
    assert len(alert_letter([notice], None).pictures) == 2
