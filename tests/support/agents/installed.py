"""The agent as a user has it: its wheel, installed without any index."""

import subprocess
import sys
from pathlib import Path

from ingest.site import agents


def install(folder: Path, links: str | Path = agents.BUILT) -> Path:
    """Install the agent into a folder, from a page or a folder of wheels alone."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-compile",
         "--disable-pip-version-check", "--target", str(folder), "--find-links", str(links),
         agents.NAME],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder
