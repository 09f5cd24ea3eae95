"""The pages there are: addresses, sections and tabs."""

from dataclasses import dataclass

ROOT = "/admin/"
SERVER = "/admin/websocket-analytics"
CLIENT = "/admin/websocket-client-metrics"
PEOPLE = "/admin/people"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the top bar with its tabs: (address, name)."""

    name: str
    address: str
    tabs: tuple[tuple[str, str], ...]


SECTIONS = (
    Section("Server", SERVER, ((SERVER, "Overview"),)),
    Section("Client", CLIENT, ((CLIENT, "Overview"),)),
)


def tidy(pathname: str | None) -> str:
    """An address without a trailing slash; the root is the client page."""
    path = (pathname or ROOT).rstrip("/")
    return CLIENT if path == ROOT.rstrip("/") else path


def section_of(path: str) -> Section | None:
    """The section a page belongs to."""
    return next((s for s in SECTIONS if any(path == tab for tab, _ in s.tabs)), None)
