"""The services of a page for tests: those that are passed, at noon; the others are not there, and
no alert fires."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

from analytics.alerting.answers import AlertListResponse
from analytics.baselines.answers import BaselineListResponse
from analytics.services.services import Services
from models.baselines.baselines import MOST_BASELINES
from tests.support.clock import Clock


def no_alerts() -> SimpleNamespace:
    """The services of alerts while none fires."""
    reports = SimpleNamespace(active=lambda _states: AlertListResponse(alerts=[]))
    return SimpleNamespace(reports=reports)


def no_anomalies() -> SimpleNamespace:
    """The services of anomalies while nothing is judged."""
    return SimpleNamespace(reports=SimpleNamespace(usual=lambda _metrics, _edges, _filters: {}))


def no_baselines() -> SimpleNamespace:
    """The services of baselines while there is none."""
    listed = BaselineListResponse(baselines=[], most=MOST_BASELINES)
    return SimpleNamespace(reports=SimpleNamespace(all=lambda: listed))


def page_services(**services: Any) -> Services:
    """Services at noon for somebody who is signed out, unless passed otherwise."""
    defaults: dict[str, Any] = {
        **{field.name: None for field in fields(Services)},
        "alerts": no_alerts(),
        "anomalies": no_anomalies(),
        "baselines": no_baselines(),
        "load_tests": SimpleNamespace(bands=lambda _window: []),
        "country_source": lambda: None,
        "viewer": lambda: None,
        "now": Clock(),
    }
    return Services(**(defaults | services))
