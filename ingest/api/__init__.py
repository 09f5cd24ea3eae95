"""The HTTP API: metrics, health, alerts, recipients, and its own OpenAPI description."""

from .alerts import alert_views, rule_views
from .history.history_views import register as register_history
from .recipients import recipient_views
from .routes import register

__all__ = ["alert_views", "recipient_views", "register", "register_history", "rule_views"]
