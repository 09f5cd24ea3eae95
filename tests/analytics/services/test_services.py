"""The services of an application cannot be exchanged once it is built."""

from dataclasses import FrozenInstanceError, fields

import pytest

from analytics.services.services import AlertServices, Services
from tests.support.services import fixed_services


def test_services_are_frozen() -> None:
    services = fixed_services()
    assert isinstance(services.alerts, AlertServices)
    for field in fields(Services):
        with pytest.raises(FrozenInstanceError):
            setattr(services, field.name, None)
