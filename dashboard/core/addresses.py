"""Addresses of all pages."""

ROOT = "/admin/"
SERVER = "/admin/websocket-analytics"
CLIENT = "/admin/websocket-client-metrics"
PEOPLE = "/admin/people"
ACCOUNT = "/admin/account"
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


def normalize(pathname: str | None) -> str:
    """An address without a trailing slash; the root is the client page."""
    path = (pathname or ROOT).rstrip("/")
    return CLIENT if path == ROOT.rstrip("/") else path
