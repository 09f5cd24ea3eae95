"""`DELETE /api/ws/sessions/{id}`: by admins, as often as they like, with an entry in the trail."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from ingest.api.sessions import session_routes
from models.database.engine import Database
from models.people.audit import Audit
from models.raw.report_insert import ClientReports
from models.raw.set_aside_reports import SetAsideReports
from tests.support.clock import NOON
from tests.support.servers.api_client import new_token
from tests.support.store.postgres import rows
from tests.support.store.report_factory import report

ERASED, OTHER, ASIDE = (UUID(int=number) for number in (1, 2, 3))
NAMED = (
    "SELECT (SELECT count(*) FROM client_reports WHERE session_id = '{id}') "
    "+ (SELECT count(*) FROM sessions WHERE session_id = '{id}') "
    "+ (SELECT count(*) FROM set_aside_reports WHERE session_id = '{id}')"
)


def path_of(session_id: object) -> str:
    (route,) = session_routes.ROUTES
    return route.path.format(session_id=session_id)


def admin(database: Database, role: str = "admin") -> dict[str, str]:
    return {"Authorization": f"Bearer {new_token(database, role)}"}


@pytest.fixture
def stored(database: Database) -> Database:
    ClientReports(database).insert(
        [report(session_id=each, period_end=NOON) for each in (ERASED, ERASED, OTHER, ASIDE)]
    )
    SetAsideReports(database).move([ASIDE])
    return database


def rows_of(database: Database, session_id: UUID) -> int:
    ((number,),) = rows(database, NAMED.format(id=session_id))
    return int(str(number))


def test_every_row_of_the_session_goes_and_no_other(client: FlaskClient, stored: Database) -> None:
    bearer = admin(stored)
    response = client.delete(path_of(ERASED), headers=bearer)
    assert response.status_code == 200
    assert response.json == {
        "session_id": str(ERASED),
        "removed": {"client_reports": 2, "sessions": 1},
        "archive": "none",
    }
    assert [rows_of(stored, each) for each in (ERASED, OTHER, ASIDE)] == [0, 2, 1]
    again = client.delete(path_of(ERASED), headers=bearer)
    assert (again.status_code, again.json["removed"] if again.json else None) == (200, {})
    aside = client.delete(path_of(ASIDE), headers=bearer).json
    assert aside is not None
    assert aside["removed"] == {"set_aside_reports": 1}
    entry = Audit(stored).latest()[-1]
    assert (entry.action, entry.subject) == ("erased session", str(ERASED))
    assert entry.detail["client_reports"] == 2


def test_who_may_not_erase_is_refused(client: FlaskClient, stored: Database) -> None:
    assert client.delete(path_of(ERASED)).status_code == 401
    refused = client.delete(path_of(ERASED), headers=admin(stored, "analyst"))
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    unreadable = client.delete(path_of("portal"), headers=admin(stored, "admin"))
    assert (unreadable.status_code, unreadable.mimetype) == (404, "application/problem+json")
    assert rows_of(stored, ERASED) == 3
