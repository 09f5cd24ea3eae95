"""The committed drawing library is of the version of plotly.py, small, and has its licences."""

import re

from plotly.offline import get_plotlyjs_version

from scripts.assets.charts import build_command

LARGEST = 1_400_000
NAMESPACES = tuple(f"http://www.w3.org/{part}/" for part in ("1999", "2000", "XML"))


def test_the_committed_library_is_of_the_version_that_plotly_carries() -> None:
    first, *_ = build_command.LIBRARY.read_text(encoding="utf-8").splitlines()
    assert build_command.version() == get_plotlyjs_version()
    assert f"plotly.js v{get_plotlyjs_version()} " in first


def test_it_knows_no_other_host() -> None:
    addresses = re.findall(r"https?://[^\s\"'`)\\<]*", build_command.LIBRARY.read_text())
    assert all(each.startswith(NAMESPACES) for each in addresses), addresses


def test_it_is_small() -> None:
    assert build_command.LIBRARY.stat().st_size <= LARGEST


def test_it_stands_with_the_licence_of_each_of_its_packages() -> None:
    licences = (build_command.FOLDER / "plotly.LICENSE").read_text(encoding="utf-8")
    packages = re.findall(r"^(\S+) \d+\.\d+\.\d+, \S+$", licences, re.MULTILINE)
    assert {"plotly.js", "@plotly/d3", "d3-geo", "topojson-client"} <= set(packages)
    assert licences.count("Copyright") >= len(packages) - 2
