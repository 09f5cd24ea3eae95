"""The services of the Alerts page on the test's database."""

from pathlib import Path

import pytest

from analytics.services.services import AlertServices
from models.database.engine import Database
from tests.support.pages.alert_lists import alert_services


@pytest.fixture
def services(database: Database, tmp_path: Path) -> AlertServices:
    """Without mail settings, at noon."""
    return alert_services(database, tmp_path)
