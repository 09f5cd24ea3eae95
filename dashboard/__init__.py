"""The pages: one Dash application under /admin/, reading through `analytics` alone."""

from dashboard.app import create
from dashboard.server.alerts.core.services import AlertServices

__all__ = ["AlertServices", "create"]
