"""The state of the mail, as the Alerts page shows it."""

from analytics.notifications.delivery.recipient_reports import MailStatus, mail_status_of


def test_without_a_delivery_the_mail_has_not_been_tried() -> None:
    assert mail_status_of([]) is MailStatus.NOT_TRIED
