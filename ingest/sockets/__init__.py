"""The WebSocket routes, on flask-sock."""

from flask import Flask

from settings import Settings

from .echo import echo
from .front import Front

__all__ = ["register"]


def register(app: Flask, settings: Settings) -> None:
    """Add the WebSocket routes to `app`."""
    front = Front(app, settings)
    front.add("/ws/echo", echo)
