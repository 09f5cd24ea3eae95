"""The origins an admin allowed, as a worker knows them: read again every few seconds."""

from models.operations.allowed_origins import REPORTS, SOCKETS, AllowedOrigins


class Allowed:
    """Of one worker; empty until first read. What it knew stays while the store is away."""

    def __init__(self, store: AllowedOrigins) -> None:
        self._store = store
        self._origins: dict[str, frozenset[str]] = {}

    def reports(self) -> frozenset[str]:
        """Whose pages may post reports."""
        return self._origins.get(REPORTS, frozenset())

    def sockets(self) -> frozenset[str]:
        """Whose pages may open WebSockets."""
        return self._origins.get(SOCKETS, frozenset())

    def refresh(self) -> None:
        """Read them again. Raises `DatabaseAway`."""
        entries = self._store.all()
        self._origins = {
            purpose: frozenset(entry.origin for entry in entries if entry.purpose == purpose)
            for purpose in (REPORTS, SOCKETS)
        }
