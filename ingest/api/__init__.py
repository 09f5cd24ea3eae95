"""The HTTP interface that answers: what was measured, how we are, and its own description."""

from .historical import register as register_history
from .routes import register

__all__ = ["register", "register_history"]
