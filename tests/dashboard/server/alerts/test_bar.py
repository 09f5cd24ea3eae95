"""The bar of the Alerts page: counts on its lists, state of evaluation and mail, buttons."""

from datetime import datetime, timedelta

import pytest

from analytics.notifications.delivery.recipient_reports import MailStatus
from dashboard.server.alerts import bar
from tests.support.clock import NOON
from tests.support.pages.alert_lists import an_alert, unloaded_page_data
from tests.support.pages.components import components_of, links_of, text_of, texts_of


def test_lists_have_their_counts_and_drop_the_filters_of_another() -> None:
    search, alerts = "?list=history&severity=info&tz=UTC", [an_alert(), an_alert()]
    counts = {"dead": 3, "sent": 9}
    content = bar.layout(unloaded_page_data(search, alerts=alerts, counts=counts))
    links = links_of(components_of(content, "segments"))
    assert links == {
        "Active 2": "?tz=UTC", "History": "?tz=UTC&list=history", "Rules": "?tz=UTC&list=rules",
        "Deliveries 3 failed": "?tz=UTC&list=deliveries",
        "Recipients": "?tz=UTC&list=recipients", "Silences": "?tz=UTC&list=silences",
    }  # fmt: skip
    assert texts_of(content, "is-chosen") == ["History"]


@pytest.mark.parametrize(
    ("evaluated_at", "text", "is_late"),
    [
        (None, "Rules not evaluated yet", True),
        (NOON - timedelta(seconds=90), "Rules evaluated 20:58:30 · every 15 s", False),
        (NOON - timedelta(seconds=91), "Rules evaluated 20:58:29 · every 15 s", True),
        (NOON - timedelta(days=1), "Rules evaluated Sun 1 Mar 21:00:00 · every 15 s", True),
    ],
)
def test_an_evaluation_is_late_after_ninety_seconds(
    evaluated_at: datetime | None, text: str, *, is_late: bool
) -> None:
    content = bar.layout(unloaded_page_data(zone="Asia/Tokyo", evaluated_at=evaluated_at))
    assert texts_of(content, "status-words") == [f"{text} · e-mail working"]
    assert texts_of(content, "is-warn") == ([text] if is_late else [])


@pytest.mark.parametrize("mail", MailStatus)
def test_mail_that_does_not_work_is_a_link_to_the_recipients(
    mail: MailStatus,
) -> None:
    content = bar.layout(unloaded_page_data(mail=mail, evaluated_at=NOON))
    is_bad = mail in (MailStatus.FAILING, MailStatus.NOT_SET_UP)
    assert texts_of(content, "is-warn") == ([f"e-mail {mail}"] if is_bad else [])
    assert (f"e-mail {mail}" in links_of(content)) == is_bad


def test_only_an_admin_has_the_buttons() -> None:
    links = links_of(bar.layout(unloaded_page_data()))
    assert (links["New rule"], links["Silence"]) == ("?edit=0", "?list=silences")
    analyst = bar.layout(unloaded_page_data(is_admin=False))
    assert "New rule" not in text_of(analyst)
