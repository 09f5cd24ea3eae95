"""Locations of addresses from the file in use, which is taken up again when it changes."""

import logging

from settings import Settings

from .inspection import tried_lookup
from .reader import UNKNOWN_LOCATION, Address, CountryFileFault, Location, Lookup
from .selection import selected, stamp
from .source import CountrySource

CHECK_SECONDS = 10.0
logger = logging.getLogger(__name__)


class Locator:
    """One process's. While `ENABLE_METRICS_GEOLOCATION` is off nothing is read or known.

    A file that cannot be used costs the countries and nothing else: `fault` says which and why. At
    the start senders are of unknown country then; later the file before it stays in use.

    The file is mapped into memory: whoever replaces it renames another to its name, as
    `scripts/geo update` and `geoipupdate` do, and does not write into it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stamp = stamp(settings)
        self._lookup: Lookup = _nowhere
        self._source: CountrySource | None = None
        self._file_fault: str | None = None
        self._lookup_fault: str | None = None
        if settings.enable_metrics_geolocation:
            self._open()

    @property
    def source(self) -> CountrySource | None:
        """Whose the file in use is; `None` while geolocation is off."""
        return self._source

    def locate(self, address: Address | None) -> Location:
        """Country (alpha-2) and region of an address, each `None` where it is unknown."""
        if address is None:
            return UNKNOWN_LOCATION
        try:
            return self._lookup(address)
        except Exception as fault:
            if self._lookup_fault is None:
                logger.exception("The country of an address cannot be looked up")
                self._lookup_fault = f"look-ups in the country file fail: {type(fault).__name__}"
            return UNKNOWN_LOCATION

    @property
    def fault(self) -> str | None:
        """Why a file cannot be used, or its look-ups fail; `None` while all is well."""
        return self._file_fault or self._lookup_fault

    def refresh(self) -> None:
        """Take up the file when it changed; a fault is logged, and the one before stays."""
        current = stamp(self._settings)
        if current == self._stamp or not self._settings.enable_metrics_geolocation:
            return
        self._open()
        self._stamp = current

    def _open(self) -> None:
        try:
            file = selected(self._settings)
            self._lookup, self._source = tried_lookup(file.path), file.source
        except CountryFileFault as fault:
            logger.warning("The country file cannot be used: %s", fault)
            self._file_fault = str(fault)
        else:
            self._file_fault = self._lookup_fault = None


def _nowhere(_address: Address) -> Location:
    return UNKNOWN_LOCATION
