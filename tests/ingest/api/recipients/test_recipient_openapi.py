"""The description of recipients: states, and the statuses that its routes answer."""

from analytics.notifications.delivery import recipient_reports
from ingest.api.recipients import answers, recipient_openapi

PATHS = recipient_openapi.paths()


def test_deliveries_are_filtered_by_the_states_there_are() -> None:
    (state,) = PATHS[answers.DELIVERIES_PATH]["get"]["parameters"]
    assert state["schema"]["enum"] == list(recipient_reports.STATES)


def test_whatever_names_a_recipient_may_be_404() -> None:
    for path, methods in PATHS.items():
        for operation in methods.values():
            assert ("404" in operation["responses"]) is ("{recipient_id}" in path), path


def test_a_body_that_is_taken_may_be_refused() -> None:
    for methods in PATHS.values():
        for operation in methods.values():
            refusals = {"400", "413", "415"} <= operation["responses"].keys()
            assert refusals is ("requestBody" in operation)


def test_every_type_that_is_answered_is_described() -> None:
    named = {kind.__name__ for kind in recipient_openapi.TYPES}
    assert {"RecipientList", "DeliveryList", "Trial", "Recipient", "RecipientChange"} <= named
