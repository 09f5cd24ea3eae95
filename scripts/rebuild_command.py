"""`scripts/rebuild`: rebuilds all rollups and summaries of sessions from the stored raw rows, with
progress."""

import sys
import time

from analytics.correlation.sessions.making import SessionSummaries
from analytics.rollups.rebuild import rebuild
from analytics.rollups.watermark import without_lease
from models.database.engine import Database, DatabaseAway
from models.embedded import EmbeddedFault, running
from settings import Settings
from settings_readers import SettingsError

STATEMENT_MS = 600_000


def main() -> int:
    """Rebuild; returns the exit status."""
    began = time.monotonic()
    try:
        settings = Settings.from_environment()
        with running(settings) as url:
            database = Database(url, statement_ms=STATEMENT_MS, name="wsmon rebuild")
            hours = rebuild(database, say)
            say("sessions")
            sessions = SessionSummaries(database, without_lease).rebuild()
            database.dispose()
    except (SettingsError, EmbeddedFault, DatabaseAway) as fault:
        print(f"Not rebuilt. {fault}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - began
    say(f"Rebuilt {hours:,} hours and {sessions:,} sessions in {seconds:.0f} s.")
    return 0


def say(text: str) -> None:
    """Print a timestamped line to stderr."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
