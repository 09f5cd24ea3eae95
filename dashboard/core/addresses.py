"""Addresses of all pages, and how the browser writes them below the path of the installation."""

from flask import has_request_context, request

ROOT = "/admin/"
SERVER = "/admin/websocket-analytics"
CLIENT = "/admin/websocket-client-metrics"
PEOPLE = "/admin/people"
ACCOUNT = "/admin/account"
SETUP = "/admin/setup"
GUIDE = "/admin/guide"
GLOSSARY = "/admin/glossary"
CLIENT_GEOGRAPHIC = f"{CLIENT}/geographic"
CLIENT_ANOMALIES = f"{CLIENT}/anomalies"
CLIENT_BOTH_ENDS = f"{CLIENT}/both-ends"
CLIENT_CORRELATION = f"{CLIENT}/ux-correlation"
SERVER_MESSAGES = f"{SERVER}/messages"
SERVER_ROOMS = f"{SERVER}/rooms"
SERVER_PERFORMANCE = f"{SERVER}/performance"
SERVER_HISTORY = f"{SERVER}/history"
SERVER_ANOMALIES = f"{SERVER}/anomalies"
SERVER_BOTH_ENDS = f"{SERVER}/both-ends"
SERVER_ALERTS = f"{SERVER}/alerts"
SERVER_TESTING = f"{SERVER}/testing"
SERVER_STORAGE = f"{SERVER}/storage"


def href(address: str) -> str:
    """An address for the browser: below the path of the installation. Others stay as they are."""
    return _prefix() + address if address.startswith("/") else address


def normalize(pathname: str | None) -> str:
    """The address of what the browser calls `pathname`, without a trailing slash; the root is the
    client page."""
    path = (pathname or ROOT).removeprefix(_prefix()).rstrip("/")
    return CLIENT if path == ROOT.rstrip("/") else path


def _prefix() -> str:
    """The path of the installation as the current request has it; empty at the root."""
    return request.script_root if has_request_context() else ""
