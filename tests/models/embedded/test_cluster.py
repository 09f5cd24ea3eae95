"""The data folder: configured anew at each start, never over that of another version."""

import os
from pathlib import Path

import psycopg2
import pytest

from models.embedded import cluster
from models.embedded.fault import EmbeddedFault
from models.embedded.ownership import Owner
from models.embedded.places import DataPaths
from tests.models.embedded.test_ownership import ME
from tests.support.store.postgres import autocommit_cursor


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path)
    paths.cluster.mkdir()
    (paths.cluster / "PG_VERSION").write_text("18\n")
    return paths


def test_a_start_overwrites_a_spoiled_configuration(paths: DataPaths) -> None:
    for name in ("wsmon.conf", "pg_hba.conf", "postgresql.conf"):
        (paths.cluster / name).write_text("spoiled")
    cluster.prepare(paths, ME, Path("/nowhere"))
    assert (paths.cluster / "pg_hba.conf").read_text() == "local all all peer map=owners\n"
    assert "listen_addresses = ''" in (paths.cluster / "wsmon.conf").read_text()
    assert (paths.cluster / "postgresql.conf").read_text() == "include = 'wsmon.conf'\n"
    assert list(paths.cluster.glob("*.fresh")) == []


def test_own_settings_are_left_alone(paths: DataPaths) -> None:
    own = paths.cluster / "own.conf"
    own.write_text("work_mem = '64MB'\n")
    cluster.prepare(paths, ME, Path("/nowhere"))
    assert own.read_text() == "work_mem = '64MB'\n"
    assert paths.log.stat().st_mode & 0o777 == 0o700


def test_only_the_owner_and_root_may_enter_as_either_role(paths: DataPaths) -> None:
    cluster.prepare(paths, Owner('o"dd', os.getuid(), os.getgid()), Path("/nowhere"))
    lines = (paths.cluster / "pg_ident.conf").read_text().splitlines()
    assert {'owners "o""dd" postgres', 'owners "o""dd" wsmon', 'owners "root" wsmon'} <= {*lines}
    assert {line.split('"')[-1] for line in lines} == {" postgres", " wsmon"}


def test_data_of_another_version_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedFault, match=r"PostgreSQL 17, and .* 18, .*major_upgrade"):
        cluster.prepare(DataPaths(tmp_path), ME, Path("/nowhere"))
    assert [path.name for path in tmp_path.iterdir()] == ["17"]


def test_a_failing_initdb_is_named_and_leaves_no_data_folder(tmp_path: Path) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "initdb").write_text('#!/bin/sh\necho "disk full" >&2\nexit 1\n')
    (binaries / "initdb").chmod(0o755)
    with pytest.raises(EmbeddedFault, match=r"initdb failed in .*: disk full"):
        cluster.prepare(DataPaths(tmp_path), ME, binaries)
    assert not DataPaths(tmp_path).cluster.exists()


def test_an_interrupted_creation_is_begun_again(tmp_path: Path) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    script = '#!/bin/sh\n[ -e "$2" ] && exit 1\nmkdir "$2"\necho 18 > "$2/PG_VERSION"\n'
    (binaries / "initdb").write_text(script)
    (binaries / "initdb").chmod(0o755)
    (tmp_path / "initialising").mkdir()
    (tmp_path / "18").mkdir()  # without PG_VERSION
    cluster.prepare(DataPaths(tmp_path), ME, binaries)
    assert (tmp_path / "18" / "PG_VERSION").read_text() == "18\n"
    assert not (tmp_path / "initialising").exists()


def test_the_role_of_the_product_is_no_superuser(embedded_url: str) -> None:
    with autocommit_cursor(embedded_url) as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,) * 5
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_statements_are_never_logged_and_the_network_is_closed(embedded_url: str) -> None:
    names = ("listen_addresses", "log_min_error_statement", "log_parameter_max_length_on_error")
    with autocommit_cursor(embedded_url) as cursor:
        cursor.execute("SELECT current_setting(name) FROM unnest(%s) AS name", ([*names],))
        assert [value for (value,) in cursor.fetchall()] == ["", "panic", "0"]
