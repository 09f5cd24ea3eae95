"""`scripts/accounts`, `archive`, `rebuild` and `set_aside` in-process: options, refusals."""

import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.database.engine import Database
from models.people.accounts import Accounts
from models.raw import restored_days
from models.raw.report_insert import ClientReports
from models.raw.set_aside_reports import SetAsideReports
from scripts import accounts_command, archive_command, rebuild_command, set_aside_command
from settings import Settings
from tests.models.queries.rolled_up import roll_up
from tests.support.clock import NOON
from tests.support.store.report_factory import report

PASSWORD = "correct horse battery staple"
SECOND = "of the second line"
with_database = pytest.mark.usefixtures("environment")


@pytest.fixture
def environment(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("ARCHIVE_DIR", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\r\n{SECOND}\n"))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["add", "a@example.com"],
        ["add", "a@example.com", "--role", "owner"],
        ["add", "a@example.com", "--role", "ingest"],  # of tokens alone
        ["password"],
        ["token", "ci", "--role", "root"],
    ],
)
def test_accounts_needs_a_command_with_a_role_that_exists(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        accounts_command.main(arguments)
    assert ended.value.code == 2
    assert "usage: accounts" in capsys.readouterr().err


@with_database
def test_an_address_and_a_name_are_taken_once(capsys: pytest.CaptureFixture[str]) -> None:
    add = ["add", "a@example.com", "--role", "admin"]
    token = ["token", "ci", "--role", "ingest"]
    statuses = [accounts_command.main(arguments) for arguments in (add, add, token, token)]
    assert statuses == [0, 1, 0, 1]
    printed = capsys.readouterr()
    assert "There is an account of a@example.com already" in printed.err
    assert "There is a token named ci already" in printed.err
    assert len(printed.out.split()) == 1  # the token alone


@with_database
def test_a_password_is_the_first_line_of_the_input(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts_command.main(["add", "A@example.com", "--role", "analyst"])
    former = Accounts(database).with_password("a@example.com")
    assert accounts_command._password("x@example.com") == SECOND
    assert accounts_command._password("x@example.com") == ""  # the input has ended
    assert former is not None
    assert PASSWORD not in former[1]
    assert "a@example.com may sign in as analyst" in capsys.readouterr().err


@with_database
@pytest.mark.parametrize(
    ("command", "arguments"),
    [("accounts", ["token", "x", "--role", "admin"]), ("archive", ["list"])],
)
def test_a_wrong_setting_is_named(
    command: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PORT", "none")
    main = {"accounts": accounts_command.main, "archive": archive_command.main}[command]
    assert main(arguments) == 1
    assert "PORT" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["restore"], ["restore", "2026-02-30"], ["drop", "x"]])
def test_archive_needs_a_command_and_a_day_that_exists(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        archive_command.main(arguments)
    assert ended.value.code == 2
    assert "usage: archive" in capsys.readouterr().err


@with_database
def test_an_empty_archive_lists_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert archive_command.main(["list"]) == 0
    assert capsys.readouterr().out == ""


@with_database
def test_a_day_is_released_once(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    restored_days.add(database, date(2026, 3, 2))
    statuses = [archive_command.main(["release", "2026-03-02"]) for _ in range(2)]
    assert statuses == [0, 0]
    output = capsys.readouterr().err.splitlines()
    assert "is dropped by the next retention" in output[0]
    assert "nothing to release" in output[1]


@with_database
def test_without_an_archive_there_is_nothing_to_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARCHIVE_DIR", "")
    assert archive_command.main(["list"]) == 1
    assert "ARCHIVE_DIR is not set" in capsys.readouterr().err


@with_database
def test_a_rebuild_says_how_many_hours_it_made(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    ClientReports(database).insert([report()])
    roll_up(database, NOON + timedelta(hours=1))
    assert rebuild_command.main() == 0
    assert "Rebuilt 1 hours and 0 sessions in" in capsys.readouterr().err.splitlines()[-1]


@with_database
def test_a_rebuild_without_its_database_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://u@/x?host=/nowhere")
    assert rebuild_command.main() == 1
    assert capsys.readouterr().err.startswith("Not rebuilt. ")


@with_database
def test_what_was_set_aside_is_listed_and_counts_again(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = [report(period_end=NOON) for _ in range(2)]
    ClientReports(database).insert(reports)
    SetAsideReports(database).move([each.session_id for each in reports])
    assert set_aside_command.main(["list"]) == 0
    assert capsys.readouterr().out == "2026-03-02T12:00Z\t2\t2\n"
    assert set_aside_command.main(["restore", "2026-03-02T12:00Z", "2026-03-02T14:00+01:00"]) == 0
    assert "count again within a minute: 2." in capsys.readouterr().err
    assert set_aside_command.main(["list"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("start", ["2026-03-02T12:00", "noon"])
def test_what_is_restored_is_named_with_its_zone(
    start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        set_aside_command.main(["restore", start, "2026-03-02T14:00Z"])
    assert ended.value.code == 2
    assert "invalid moment value" in capsys.readouterr().err
