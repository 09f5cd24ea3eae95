"""The pages: one Dash application under /admin/, reading through `analytics` alone."""

from dashboard.app import create
from dashboard.server.alerts.core.services import Desk

__all__ = ["Desk", "create"]
