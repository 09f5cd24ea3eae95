"""Which country file is used: `GEOIP_DATABASE`, else what `scripts/geo update` took, else ours.

An updated file lies under `DATA_DIR/geo` beside `installed.json`, which names it and its origin:
replacing that one file changes both at once.
"""

import lzma
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from settings import CHECKOUT, Settings

from .reader import CountryFileFault, metadata_of
from .source import CountrySource, source_of

SHIPPED = CHECKOUT / "assets" / "geo" / "country.mmdb.xz"
SHIPPED_ORIGIN, SHIPPED_LINK = "IP Geolocation by DB-IP", "https://db-ip.com"
INSTALLED = "installed.json"
Stamp = tuple[str, int, int, int]  # path, inode, bytes, time of change in ns


class Installed(msgspec.Struct, frozen=True):
    """The content of `installed.json`."""

    file: str
    origin: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class CountryFile:
    """A file in use."""

    path: Path
    source: CountrySource


def selected(settings: Settings) -> CountryFile:
    """The file in use. Raises `CountryFileFault`."""
    if settings.geoip_database is not None:
        return _described(settings.geoip_database)
    installed = _installed(settings.data_dir)
    if installed is not None:
        path = settings.data_dir / "geo" / installed.file
        return _described(path, installed.origin, installed.link)
    return _described(unpacked(settings.data_dir), SHIPPED_ORIGIN, SHIPPED_LINK)


def stamp(settings: Settings) -> Stamp | None:
    """Changes when another file is selected, or the selected one is replaced; `None`: ours."""
    path = settings.geoip_database or settings.data_dir / "geo" / INSTALLED
    try:
        state = path.stat()
    except OSError:
        return None
    return str(path), state.st_ino, state.st_size, state.st_mtime_ns


def install(data_dir: Path, file: Path, origin: str | None, link: str | None) -> Path:
    """Copy a file under `data_dir` and use it from now on; returns the copy. Raises `OSError`.

    The file before it stays for workers that have not noticed yet, older ones are removed.
    """
    folder, before = data_dir / "geo", _installed(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    content = file.read_bytes()
    copy = folder / f"installed-{os.urandom(4).hex()}.mmdb"
    write_atomically(copy, content)
    write_atomically(folder / INSTALLED, msgspec.json.encode(Installed(copy.name, origin, link)))
    _give_to_owner(data_dir, (folder, copy, folder / INSTALLED))
    for path in folder.glob("installed-*.mmdb"):
        if path.name not in (copy.name, before.file if before else ""):
            path.unlink(missing_ok=True)
    return copy


def unpacked(data_dir: Path) -> Path:
    """The shipped file, decompressed under `data_dir` once; safe when processes race."""
    state = SHIPPED.stat()
    target = data_dir / "geo" / f"country-{state.st_size}.mmdb"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, lzma.decompress(SHIPPED.read_bytes()))
    return target


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file that others see complete or not at all. Raises `OSError`."""
    fresh = target.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)


def _give_to_owner(data_dir: Path, paths: Iterable[Path]) -> None:
    """What root writes belongs to the service user, as all else under `data_dir`."""
    owner = data_dir.stat()
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def _installed(data_dir: Path) -> Installed | None:
    path = data_dir / "geo" / INSTALLED
    try:
        return msgspec.json.decode(path.read_bytes(), type=Installed)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as fault:
        raise CountryFileFault(
            f"{path} cannot be read: {fault}. Remove it to use the shipped file."
        ) from fault


def _described(path: Path, origin: str | None = None, link: str | None = None) -> CountryFile:
    return CountryFile(path, source_of(metadata_of(path), origin, link))
