"""Addresses, sections and tabs of all pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.core.url_state import DEFAULT_RANGE, View, read
from models.metrics.dimensions import DIMENSIONS, SERVER_DIMENSIONS

ROOT = "/admin/"
SERVER = "/admin/websocket-analytics"
CLIENT = "/admin/websocket-client-metrics"
PEOPLE = "/admin/people"
SERVER_MESSAGES = f"{SERVER}/messages"
SERVER_ROOMS = f"{SERVER}/rooms"
SERVER_PERFORMANCE = f"{SERVER}/performance"
SERVER_HISTORY = f"{SERVER}/history"
SERVER_ALERTS = f"{SERVER}/alerts"
SERVER_STORAGE = f"{SERVER}/storage"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the top bar: its tabs (address, name), filters and default range."""

    name: str
    address: str
    tabs: tuple[tuple[str, str], ...]
    dimensions: Mapping[str, str]
    default_range: str


SECTIONS = (
    Section(
        "Server",
        SERVER,
        (
            (SERVER, "Overview"),
            (SERVER_MESSAGES, "Messages & errors"),
            (SERVER_ROOMS, "Rooms"),
            (SERVER_PERFORMANCE, "Performance"),
            (SERVER_HISTORY, "History"),
            (SERVER_ALERTS, "Alerts"),
            (SERVER_STORAGE, "Storage & jobs"),
        ),
        SERVER_DIMENSIONS,
        "15m",
    ),
    Section("Client", CLIENT, ((CLIENT, "Overview"),), DIMENSIONS, DEFAULT_RANGE),
)


# Pages whose default range or filters differ from those of their section.
DEFAULT_RANGES = {SERVER_PERFORMANCE: "24h", SERVER_HISTORY: "7d"}
BOTH_SIDES = SERVER_DIMENSIONS | DIMENSIONS


def normalize(pathname: str | None) -> str:
    """An address without a trailing slash; the root is the client page."""
    path = (pathname or ROOT).rstrip("/")
    return CLIENT if path == ROOT.rstrip("/") else path


def section_of(path: str) -> Section | None:
    """The section a page belongs to."""
    return next((s for s in SECTIONS if any(path == tab for tab, _ in s.tabs)), None)


def view_of(pathname: str | None, search: str | None) -> View:
    """The view that a URL selects, with the page's default range."""
    path = normalize(pathname)
    section = section_of(path)
    return (
        read(search, DEFAULT_RANGES.get(path, section.default_range)) if section else read(search)
    )


def dimensions_of(pathname: str | None) -> Mapping[str, str]:
    """The dimensions a page can be filtered by."""
    path = normalize(pathname)
    if path == SERVER_HISTORY:
        return BOTH_SIDES
    section = section_of(path)
    return section.dimensions if section else {}
