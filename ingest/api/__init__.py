"""The HTTP API: its routes by subject, one table of them all, and its own OpenAPI description."""

from flask import Flask

from analytics.services.services import Services
from ingest.routing.runner import RouteTable

from .document import ROUTES

__all__ = ["ROUTES", "register"]


def register(app: Flask, services: Services) -> None:
    """Add the routes to `app`."""
    RouteTable(ROUTES).register(app, services)
