"""The HTTP interface that answers: what was measured, how we are, and its own description."""

from .routes import register

__all__ = ["register"]
