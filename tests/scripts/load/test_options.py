from pathlib import Path

import pytest

from scripts.load.options import parse


def test_profiles_have_their_connections_and_options_override() -> None:
    assert [parse([name]).plan.connections for name in ("light", "medium", "heavy", "extreme")] == [
        50, 200, 500, 1000,
    ]  # fmt: skip
    options = parse(["light", "--connections", "7", "--header", "X-A: b", "--junit", "o.xml"])
    assert (options.plan.connections, options.headers) == (7, [("X-A", "b")])
    assert list(options.files) == ["junit"]


def test_a_token_comes_from_a_file_so_that_no_process_list_shows_it(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("wsm_1\n")
    assert parse(["light", "--token-file", str(path)]).token == "wsm_1"
    assert parse(["light"]).token == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["giant"],
        ["light", "--rate", "nan"],
        ["light", "--duration", "0"],
        ["light", "--connections", "1000001"],
        ["light", "--header", "no-colon"],
        ["light", "--header", "A: b\r\nC: d"],
        ["light", "--scenario", "none"],
        ["light", "--token-file", "/none"],
    ],
)
def test_what_makes_no_sense_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as fault:
        parse(arguments)
    assert fault.value.code == 2
