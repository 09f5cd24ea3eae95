"""The database pools of a web worker, so that one kind of work cannot block another."""

from dataclasses import dataclass, fields

from models.database.engine import Database
from models.embedded import database_url
from settings import Settings


@dataclass(frozen=True, slots=True)
class Databases:
    """Pools, by what uses them."""

    pages: Database
    ingest: Database
    metering: Database
    exports: Database
    health: Database
    pulse: Database

    def dispose(self) -> None:
        """Close the pooled connections of all."""
        for pool in fields(self):
            getattr(self, pool.name).dispose()


def databases(settings: Settings) -> Databases:
    """The pools of one worker; nothing is opened before its first use."""
    url = database_url(settings)
    return Databases(
        pages=Database(url),
        # For the write buffer alone; a pre-ping would slow it.
        ingest=Database(url, pool_size=2, name="wsmon-ingest", pre_ping=False),
        # For the meter and the outcomes, which must not wait for pages, nor pages for them.
        metering=Database(url, pool_size=1, name="wsmon-meter"),
        # For long reads: two exports at a time.
        exports=Database(url, pool_size=2, name="wsmon-export"),
        # Probes that answer while pages exhaust theirs.
        health=Database(url, pool_size=2, statement_ms=1500, name="wsmon-health"),
        pulse=Database(url, pool_size=1, statement_ms=1500, name="wsmon-pulse", pre_ping=False),
    )
