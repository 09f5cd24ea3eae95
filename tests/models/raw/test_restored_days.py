"""Days restored from the archive: exempt until they are released."""

from datetime import date

from models.database.engine import Database
from models.raw import restored_days

FIRST, SECOND = date(2024, 2, 29), date(2026, 3, 2)


def test_a_day_restored_twice_is_listed_once(database: Database) -> None:
    for day in (SECOND, FIRST, SECOND):
        restored_days.add(database, day)
    assert restored_days.all_days(database) == [FIRST, SECOND]


def test_a_day_is_released_once_and_alone(database: Database) -> None:
    for day in (FIRST, SECOND):
        restored_days.add(database, day)
    assert [restored_days.release(database, FIRST) for _ in range(2)] == [True, False]
    assert restored_days.all_days(database) == [SECOND]
