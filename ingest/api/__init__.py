"""The HTTP interface that answers: what was measured, how we are, and its own description."""

from . import alert_rules, alerts
from .routes import register

__all__ = ["alert_rules", "alerts", "register"]
