"""What can go wrong when a day leaves the store."""


class NotArchived(Exception):
    """A day could not be written away, so it must not be dropped. The text says why."""
