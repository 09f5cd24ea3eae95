"""Locations of addresses from the file in use, which is taken up again when it changes."""

import logging

from settings import Settings

from .reader import UNKNOWN_LOCATION, Address, CountryFileFault, Location, Lookup, open_lookup
from .selection import selected, stamp
from .source import CountrySource

CHECK_SECONDS = 10.0
logger = logging.getLogger(__name__)


class Locator:
    """One process's. While `ENABLE_METRICS_GEOLOCATION` is off nothing is read or known.

    The file is mapped into memory: whoever replaces it renames another to its name, as
    `scripts/geo update` and `geoipupdate` do, and does not write into it.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises `CountryFileFault`."""
        self._settings = settings
        self._stamp = stamp(settings)
        self._lookup: Lookup = _nowhere
        self._source: CountrySource | None = None
        if settings.enable_metrics_geolocation:
            self._open()

    @property
    def source(self) -> CountrySource | None:
        """Whose the file in use is; `None` while geolocation is off."""
        return self._source

    def locate(self, address: Address | None) -> Location:
        """Country (alpha-2) and region of an address, each `None` where it is unknown."""
        return UNKNOWN_LOCATION if address is None else self._lookup(address)

    def refresh(self) -> None:
        """Take up the file when it changed; a fault is logged, and the one before stays."""
        current = stamp(self._settings)
        if current == self._stamp or not self._settings.enable_metrics_geolocation:
            return
        try:
            self._open()
        except CountryFileFault as fault:
            logger.warning("The country file stays as it was: %s", fault)
        self._stamp = current

    def _open(self) -> None:
        file = selected(self._settings)
        self._lookup, self._source = open_lookup(file.path), file.source


def _nowhere(_address: Address) -> Location:
    return UNKNOWN_LOCATION
