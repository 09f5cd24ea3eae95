"""`scripts/sdk/build`: bundles `assets/sdk` into the files that pages load.

They are committed: a machine that only serves them has no Node.js. The digests of the documents
are renewed with them.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from ingest.site import sdk
from settings import CHECKOUT

from . import node_packages

BUNDLER = Path(__file__).with_name("bundle.cjs")
DOCUMENT = CHECKOUT / "docs" / "browser-monitor.md"
_version = re.compile(r"\bVERSION = '([\d.]+)'")
_tag = re.compile(r"/sdk/([\d.]+/[\w.-]+)(\"\s+integrity=\")sha384-[A-Za-z0-9+/=]+")


def main() -> int:
    """Build the present version; returns the exit status."""
    folder = sdk.BUILT / version()
    try:
        build(folder)
    except subprocess.CalledProcessError as fault:
        print(f"Not built: {fault}", file=sys.stderr)
        return 1
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(renewed(text, sdk.built_files()), encoding="utf-8")
    for path in sorted(folder.iterdir()):
        print(f"{path.relative_to(CHECKOUT)}  {path.stat().st_size:,} bytes")
    return 0


def version() -> str:
    """The version that the modules name."""
    version: str = _version.findall(
        (sdk.FOLDER / "core" / "limits.js").read_text(encoding="utf-8")
    )[0]
    return version


def build(folder: Path) -> None:
    """Write all files of one version into a folder. Raises `CalledProcessError`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    node_packages.run([str(BUNDLER), str(sdk.FOLDER), str(folder)])
    for name in (sdk.NAME, f"{sdk.NAME}-core"):
        shutil.copyfile(sdk.FOLDER / f"{sdk.NAME}.d.ts", folder / f"{name}.d.ts")


def renewed(document: str, files: sdk.BuiltFiles) -> str:
    """The document with the present digest beside each versioned address it names."""

    def tag(match: re.Match[str]) -> str:
        file = files.get(match[1])
        return f"/sdk/{match[1]}{match[2]}{file.integrity}" if file else match[0]

    return _tag.sub(tag, document)


if __name__ == "__main__":
    sys.exit(main())
