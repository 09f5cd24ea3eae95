"""Makes ADMIN_EMAIL the first recipient of messages, once: who is removed later stays removed."""

from analytics.notifications.delivery.recipient_actions import RecipientActions

from .job import JobContext


def step(around: JobContext) -> str:
    """Add it if there never was a recipient."""
    with around.database.transaction() as connection:
        around.lease.confirm(connection)
    actions = RecipientActions(around.database, around.settings, around.now)
    return "added ADMIN_EMAIL" if actions.ensure_first() else "nothing to do"
