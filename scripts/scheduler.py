"""The night shift: runs the scheduled jobs until asked to stop. Of several one leads."""

import signal
import sys
import threading

from settings import Settings, SettingsError


def main() -> int:
    """Run the jobs until SIGTERM or Ctrl-C; answers the exit status."""
    asked = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: asked.set())
    try:
        Settings.from_environment()
    except SettingsError as fault:
        print(fault, file=sys.stderr)
        return 1
    asked.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
