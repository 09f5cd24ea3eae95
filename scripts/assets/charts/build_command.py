"""Writes `assets/dashboard/vendor/plotly.min.js`, the drawing library of the pages, from modules
of plotly.js: `./scripts/python scripts/bootstrap.py test scripts.assets.charts.build_command`.

The file that plotly.py carries draws every kind of trace, ours the five that stand on our pages, at
less than a third of the size. Both are of one version.
"""

import json
import subprocess
import sys
from pathlib import Path

from scripts.sdk import node_packages
from settings import CHECKOUT

LISTS = Path(__file__).parent
BUNDLER = LISTS / "bundle.cjs"
FOLDER = CHECKOUT / "assets" / "dashboard" / "vendor"
LIBRARY = FOLDER / "plotly.min.js"


def main() -> int:
    """Build; returns the exit status."""
    try:
        build(FOLDER)
    except subprocess.CalledProcessError as fault:
        print(f"Not built: {fault}", file=sys.stderr)
        return 1
    print(f"{LIBRARY.relative_to(CHECKOUT)}  {LIBRARY.stat().st_size:,} bytes")
    return 0


def build(folder: Path) -> None:
    """Write the library and its licence into a folder. Raises `CalledProcessError`."""
    node_packages.run([str(BUNDLER), str(folder)], LISTS)


def version() -> str:
    """The version of plotly.js that is built."""
    packages: dict[str, dict[str, str]] = json.loads((LISTS / "package.json").read_text())
    return packages["dependencies"]["plotly.js"]


if __name__ == "__main__":
    sys.exit(main())
