"""The pages: one Dash application under /admin/, reading through `analytics` alone."""

from dashboard.app import create

__all__ = ["create"]
