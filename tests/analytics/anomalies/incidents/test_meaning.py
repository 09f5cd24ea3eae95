"""Severity has a measured meaning, and verdicts count for incidents alike."""

import numpy as np
import pytest

from analytics.anomalies.incidents.discovery import discoveries
from analytics.anomalies.incidents.meaning import likeness_of, meaning_of, real_kinds
from tests.analytics.anomalies.incidents.test_grouping import part


def test_the_share_of_real_ones_comes_with_how_many_were_judged() -> None:
    high, medium, low = meaning_of({"high": (9, 10), "low": (0, 4)})
    assert (high.severity, high.real, high.judged, high.share) == ("high", 9, 10, 0.9)
    assert [high.low, high.high] == pytest.approx([0.596, 0.982], abs=0.001)
    assert (medium.severity, medium.judged, medium.share, medium.low) == ("medium", 0, None, None)
    assert (low.share, low.low) == (0.0, 0.0)


def test_more_real_than_expected_raise_their_like() -> None:
    likeness = likeness_of(part(0, 9, dimension="country"))
    assert likeness == ("client", "portal", "drops", "country")
    other = ("client", "portal", "errors", "")
    assert {*real_kinds({likeness: (2, 1), other: (1, 1)})} == {likeness}


def test_few_steps_begin_an_incident_by_chance_however_many_series_there_are() -> None:
    generator = np.random.default_rng(16)
    days, series = 40, 50
    p_values = generator.uniform(size=(series, days * 288))
    begins = discoveries(p_values, 300)
    assert begins.any(axis=0).sum() <= 0.25 * days + 3 * np.sqrt(0.25 * days)
    p_values[:20, 100] = 3e-4  # none would do alone
    assert discoveries(p_values, 300)[:20, 100].all()
    p_values[1:20, 100] = 0.5
    assert not discoveries(p_values, 300)[0, 100]
