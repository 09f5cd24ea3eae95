"""Adds ADMIN_EMAIL as the first recipient, once: if removed later it is not added again."""

from analytics.notifications.delivery.recipient_actions import RecipientActions

from .job import JobContext


def step(context: JobContext) -> str:
    """Add it if there never was a recipient."""
    with context.database.transaction() as connection:
        context.lease.confirm(connection)
    actions = RecipientActions(context.database, context.settings, context.now)
    return "added ADMIN_EMAIL" if actions.ensure_first() else "nothing to do"
