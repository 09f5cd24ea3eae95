"""The card of a duration: its figure, what it is compared with, and how sure it is."""

import pytest

from analytics.stats.estimates import Durations
from dashboard.page.p95_card import LEAST_N, p95_card
from dashboard.widgets.card import NO_TREND
from models.metrics.client_catalogue import METRICS
from tests.support.pages.client_figures import a_summary, overview_data

NOTHING = Durations(n=0, mean=None, p50=None, p95=None, p99=None)


def durations(n: int, p95: float) -> Durations:
    return Durations(n=n, mean=50.0, p50=40.0, p95=p95, p99=2 * p95)


@pytest.mark.parametrize(
    ("now", "before", "figure", "note", "has_trend"),
    [
        (durations(400, 120.0), None, "120 ms", "median 40 ms", False),
        (durations(400, 120.0), NOTHING, "120 ms", "median 40 ms", False),
        (durations(400, 120.0), durations(400, 118.0), "120 ms", "before 118 ms", False),
        (durations(4000, 480.0), durations(4000, 120.0), "480 ms", "before 120 ms", True),
        (NOTHING, durations(400, 118.0), "–", "no round trips in this range", False),
    ],
)
def test_the_card_of_a_p95(
    now: Durations, before: Durations | None, figure: str, note: str, has_trend: bool
) -> None:
    card = p95_card(
        overview_data(a_summary()), "latency", METRICS["latency_ms"], "round trip", (now, before)
    )
    assert f"{card.value} {card.unit}".strip() == figure
    assert card.note.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ") == note
    assert (card.trend != NO_TREND) is has_trend
    assert card.is_faint is (now.n < LEAST_N)
