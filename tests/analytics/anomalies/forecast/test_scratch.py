"""Folders of children: removed with them, and by the next when they were killed."""

from pathlib import Path

from analytics.anomalies.forecast.scratch import FOLDER, PREFIX, scratch


def test_a_folder_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        (folder / "of_stan").mkdir()
        (folder / "of_stan" / "output.csv").write_text("1")
        assert folder.parent == tmp_path / FOLDER
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_and_nothing_in_use(tmp_path: Path) -> None:
    stale = tmp_path / FOLDER / f"{PREFIX}of_a_killed_one"
    stale.mkdir(parents=True)
    (stale / "output.csv").write_text("1")
    other = tmp_path / FOLDER / "notes"
    other.mkdir()
    with scratch(tmp_path) as first, scratch(tmp_path) as second:
        assert not stale.exists()
        assert first.exists()
        assert second.exists()
        assert other.exists()
