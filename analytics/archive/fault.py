"""The error of archiving."""


class NotArchived(Exception):
    """A day could not be archived, so it must not be dropped. The text says why."""
