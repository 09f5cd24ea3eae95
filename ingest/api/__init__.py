"""The HTTP interface that answers: what was measured, how we are, who gets messages, and itself."""

from . import alert_rules, alerts, recipient_views
from .historical import register as register_history
from .routes import register

__all__ = ["alert_rules", "alerts", "recipient_views", "register", "register_history"]
