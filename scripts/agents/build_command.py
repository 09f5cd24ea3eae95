"""`scripts/agents/build`: makes the wheel of the server agent that `/agents/` serves.

It is committed, as the files of the browser monitor are; a version that was served never changes.
"""

import re
import sys
from pathlib import Path

from ingest.site import agents
from settings import CHECKOUT

from . import wheel

PACKAGE = CHECKOUT / "assets" / "agents" / "python" / "wsmon_agent"
SUMMARY = "Measures the WebSockets of a Python server for WebSocket Analytics"
_version = re.compile(r'^__version__ = "([\d.]+)"$', re.MULTILINE)


def main() -> int:
    """Build the present version; returns the exit status."""
    path = agents.BUILT / name()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(built())
    print(f"{path.relative_to(CHECKOUT)}  {path.stat().st_size:,} bytes")
    return 0


def version(package: Path = PACKAGE) -> str:
    """The version that the package names."""
    version: str = _version.findall((package / "__init__.py").read_text(encoding="utf-8"))[0]
    return version


def name() -> str:
    """The file name of the present version."""
    return f"wsmon_agent-{version()}-py3-none-any.whl"


def built() -> bytes:
    """The wheel of the present version."""
    return wheel.wheel(agents.NAME, version(), SUMMARY, agents.LEAST_PYTHON, wheel.sources(PACKAGE))


if __name__ == "__main__":
    sys.exit(main())
