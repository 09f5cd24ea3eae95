"""Writes the names of regions:
`./scripts/python scripts/bootstrap.py test scripts.geodata.regions`.

They are the English ones of the Unicode CLDR, of `cldr-subdivisions-full`. It tells regions of one
name apart by raised digits (`Île-de-France²`, of which the first has no name any more): no part of
a name, so they are left out.
"""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from settings import CHECKOUT

from . import downloads
from .downloads import CLDR

TARGET = CHECKOUT / "analytics" / "geo" / "regions.tsv"
LICENSE = TARGET.with_name("regions.LICENSE")
NAMES = Path("subdivisions", "en", "en.json")
_raised = re.compile("[⁰¹²³⁴-⁹]+$")


def main() -> int:
    """Write the table and its licence; returns the exit status."""
    with TemporaryDirectory() as name:
        package = downloads.npm_package(CLDR, Path(name))
        content = json.loads((package / NAMES).read_text(encoding="utf-8"))
        shutil.copyfile(package / "LICENSE", LICENSE)
    names = content["subdivisions"]["localeDisplayNames"]["subdivisions"]
    TARGET.write_text(text(names), encoding="utf-8")
    return 0


def text(names: Mapping[str, str]) -> str:
    """The file, of names by code as CLDR has it: `brsp`."""
    rows = sorted((code.upper(), _raised.sub("", name)) for code, name in names.items())
    return "".join(f"{code[:2]}-{code[2:]}\t{name}\n" for code, name in rows)


if __name__ == "__main__":
    sys.exit(main())
