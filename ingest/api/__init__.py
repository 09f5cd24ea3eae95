"""The HTTP interface that answers: what was measured, how we are, who gets messages, and itself."""

from . import recipient_views
from .routes import register

__all__ = ["recipient_views", "register"]
