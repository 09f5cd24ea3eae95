"""Who asks for a change, and the two ways of saying no."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person or a token. `role` is analyst, admin or ingest."""

    name: str
    role: str
    account_id: UUID | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this actor may change things."""
        return self.role == "admin"


SHELL = Actor("the command line", "admin")


class NotAllowed(Exception):
    """The actor may not do this."""


class Refused(ValueError):
    """The change cannot be made; the text says why."""
