"""The sums of sessions are read in portions, each session in one of them."""

from datetime import timedelta
from uuid import UUID

from models.database.engine import Database
from models.rollups.moments import session_moments
from models.rollups.moments.session_moments import BAD, DIMENSIONS, EXPOSURE
from tests.support.clock import NOON
from tests.support.store.report_factory import report
from tests.support.store.rollup_truth import store

MINUTE = timedelta(minutes=1)


def test_each_session_is_in_one_portion(database: Database) -> None:
    ids = [UUID(int=number * 2**125 + 5) for number in range(8)]
    for part in range(2):
        store(
            database,
            *(
                report(
                    (9.0,), session_id=each, country="BR", region="SP", failed=2, opened=1,
                    open_ms=900, downtime_ms=50, silent_ms=7, lost=1, abnormal_closes=part,
                )
                for each in ids
            ),
        )  # fmt: skip
    store(database, report(session_id=ids[0], automated="Googlebot"))
    portions = 3
    with database.transaction() as connection:
        read = [
            session_moments.by_session(connection, (NOON - MINUTE, NOON), number, portions)
            for number in range(portions)
        ]
    assert all(read)
    rows = [row for portion in read for row in portion]
    assert [row[0] for row in rows] == ids
    values = dict(zip(DIMENSIONS, rows[0][2:], strict=False))
    assert (rows[0][1], values["country"], values["region"]) == ("portal", "BR", "SP")
    assert values["browser"] == "unknown"
    rate, *sums = rows[0][2 + len(DIMENSIONS) :]
    assert rate == 1
    assert dict(zip((*BAD, *EXPOSURE), sums, strict=False)) == {
        "failed": 4, "drops": 0, "errors": 0, "downtime_ms + silent_ms": 114,
        "latency_sum_us": 18000, "opened + failed": 6, session_moments.VISIBLE_MS: 1900,
        "sent + received": 0,
    }  # fmt: skip
    assert sums[-3:-1] == [30000, True]
