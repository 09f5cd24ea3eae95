"""The routes of recipients hold addresses: nobody but an admin gets there."""

from analytics.notifications.delivery import recipient_reports
from ingest.access.rules import ADMINS
from ingest.api.recipients.recipient_routes import DELIVERIES_PATH, ROUTES


def test_all_are_for_admins_alone() -> None:
    assert {route.roles for route in ROUTES} == {ADMINS}


def test_deliveries_are_filtered_by_the_states_there_are() -> None:
    (deliveries,) = (route for route in ROUTES if route.path == DELIVERIES_PATH)
    ((state,),) = (source.parameters for source in deliveries.inputs)
    assert state["schema"]["enum"] == list(recipient_reports.STATES)
