"""The user that runs the server, and what a user can reach."""

import os
import pwd
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models.embedded import ownership
from models.embedded.fault import EmbeddedFault
from models.embedded.ownership import Owner, claim, owner_of

ME = Owner(pwd.getpwuid(os.getuid()).pw_name, os.getuid(), os.getgid())
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another user")


def test_a_child_of_the_same_user_needs_no_other_identity() -> None:
    assert ME.identity() == {}
    assert not ME.is_other_user
    with ME.acting():
        assert os.geteuid() == ME.uid


@as_root
def test_root_acts_as_the_owner_for_the_block_even_when_it_fails(tmp_path: Path) -> None:
    nobody = Owner("nobody", 65534, 65534)
    secret = tmp_path / "secret"
    secret.touch(0o600)
    with pytest.raises(PermissionError), nobody.acting():
        secret.read_text()
    assert (os.geteuid(), os.getegid()) == (0, 0)
    assert nobody.identity() == {"user": 65534, "group": 65534, "extra_groups": []}


@as_root
def test_acting_twice_ends_once() -> None:
    nobody = Owner("nobody", 65534, 65534)
    with nobody.acting():
        with nobody.acting():
            pass
        assert os.geteuid() == nobody.uid
    assert os.geteuid() == 0


def test_a_program_runs_or_not(tmp_path: Path) -> None:
    assert ME.can_run(Path("/bin/ls"))
    assert not ME.can_run(tmp_path / "nothing")
    assert not ME.can_run(tmp_path)


def test_a_folder_is_reached_or_not(tmp_path: Path) -> None:
    odd = tmp_path / "$(touch x); a 'b' \"c\""
    odd.mkdir()
    assert (ME.can_read(odd), ME.can_write(odd)) == (True, True)
    missing = tmp_path / "nothing"
    assert (ME.can_read(missing), ME.can_write(missing)) == (False, False)
    assert list(tmp_path.iterdir()) == [odd]


@as_root
def test_a_folder_closed_to_its_owner_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    data = closed / "data"
    monkeypatch.setattr(ownership, "owner_of", lambda _: Owner("nobody", 65534, 65534))
    with pytest.raises(EmbeddedFault, match=r"The user nobody cannot write in DATA_DIR .*closed"):
        claim(data)


def test_a_data_folder_under_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedFault, match=r"DATA_DIR cannot be used: .*file"):
        claim(tmp_path / "file" / "data")


@as_root
def test_root_leaves_a_folder_with_foreign_contents_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(0o750)
    (data / "own notes").touch()
    assert not ownership._is_ours(data)
    (data / "own notes").rename(data / ownership.ENVIRONMENT)
    assert ownership._is_ours(data)


def test_the_owner_of_the_data_is_whoever_owns_its_folder(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    if os.getuid() == 0:
        os.chown(tmp_path / "postgresql", 65534, 65534)
        assert owner_of(tmp_path) == Owner("nobody", 65534, 65534)
    else:
        assert owner_of(tmp_path) == ME


@as_root
def test_an_id_without_a_user_has_no_name(tmp_path: Path) -> None:
    os.chown(tmp_path, 54321, 54321)
    assert owner_of(tmp_path) == Owner("", 54321, os.getgid())


@as_root
def test_a_file_that_only_root_reads_is_not_readable_for_another_user() -> None:
    with TemporaryDirectory() as name:  # not below pytest's, which is closed to others
        folder = Path(name)
        folder.chmod(0o755)
        closed, shared = folder / "closed", folder / "shared"
        closed.touch(0o600)
        shared.touch(0o644)
        nobody = Owner("nobody", 65534, 65534)
        assert not nobody.can_read(closed)
        assert nobody.can_read(shared)
        assert nobody.can_read(folder)
