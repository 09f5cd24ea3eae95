"""A witness of what the collector receives and refuses, who takes notice of nothing."""

from typing import Any

from ingest.collector.pipeline import Witness


def nobody() -> Witness[Any]:
    """Takes notice of nothing."""
    return Witness(lambda _environ, _received: None, lambda _environ, _problem: None)
