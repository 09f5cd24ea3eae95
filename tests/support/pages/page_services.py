"""The services of a page for tests: those that are passed, at noon; the others are not there."""

from typing import Any

from analytics.services.services import Services
from tests.support.clock import Clock

NAMES = (
    *("settings", "reports", "history", "performance", "storage", "exports", "health"),
    *("accounts", "own_account", "alerts"),
)


def page_services(**fields: Any) -> Services:
    """Services at noon for somebody who is signed out, unless passed otherwise."""
    defaults: dict[str, Any] = {**dict.fromkeys(NAMES), "viewer": lambda: None, "now": Clock()}
    return Services(**(defaults | fields))
