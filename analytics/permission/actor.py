"""The actor of a change, and the errors of refusing it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a token. `role` is analyst, admin or ingest."""

    name: str
    role: str
    account_id: UUID | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this actor may change things."""
        return self.role == "admin"


SHELL = Actor("the command line", "admin")


class NotAllowed(Exception):
    """The role of the actor does not permit this."""


class InvalidChange(ValueError):
    """The values of the change are invalid; the text says why."""
