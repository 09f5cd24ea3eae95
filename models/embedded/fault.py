"""What can go wrong with the embedded database."""


class EmbeddedFault(Exception):
    """The embedded database cannot be used. The text says where, why and what to do."""
