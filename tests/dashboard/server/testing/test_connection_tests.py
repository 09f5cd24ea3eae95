"""The connection tests have their section above the panels of load tests."""

from dashboard.server.testing import connection_tests
from dashboard.server.testing.page import PAGE


def test_the_section_is_filled_by_the_browser() -> None:
    section = connection_tests.layout()
    assert "connection-tests" in str(section)
    assert "connection-tests" in str(PAGE.layout())
