"""The id of the current request beside what is logged of it.

Gunicorn's configuration imports it before gevent patches the standard library: an import of the
application here would give it locks and sockets that hold up the loop of a worker.
"""

import logging
from contextvars import ContextVar

current_id: ContextVar[str | None] = ContextVar("current_id", default=None)


class RequestIdFilter(logging.Filter):
    """Adds the id of the current request to records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `request_id`; always keeps the record."""
        record.request_id = current_id.get()
        return True
