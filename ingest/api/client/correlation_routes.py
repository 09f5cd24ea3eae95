"""Correlations of what connections do with what people experience."""

from analytics.correlation.measures import PAIRS, pair_key
from analytics.correlation.service.responses import UxCorrelation, response_of
from analytics.ranges.timerange import Filters, TimeRange
from analytics.services.services import Services
from ingest.routing.inputs import OF_SESSIONS, WINDOW, option
from ingest.routing.route import ResponseSpec, Route

from .correlation_table import correlation_table

TAG = "Client metrics"
KEYS = [pair_key(x, y) for x, y in PAIRS]
PATH = "/api/ws/client-metrics/ux-correlation"


def ux_correlation(
    services: Services, window: TimeRange, filters: Filters, pair: str | None
) -> UxCorrelation:
    """`GET /api/ws/client-metrics/ux-correlation`."""
    return response_of(services.correlations.read(window, filters, pair), filters.active())


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="client_metrics_ux_correlation",
        tag=TAG,
        summary="Get correlations with user experience",
        description="Every metric of connections (`x`) beside every one of user experience (`y`). "
        "Over time hours are the points, and the median of the same hour of the week is subtracted "
        "from both sides; under `per_session` sessions are, over all and within equals: those of "
        "one app, country, network, browser and release that lasted about as long. "
        "Coefficients are Spearman's unless they "
        "say otherwise, intervals are at 95 %, p is adjusted for all pairs. Below 30 independent "
        "hours, of a constant series, or with one side missing, figures are null with a `reason`. "
        "`cost` is what people did after a first drop, against equals without one.",
        inputs=(
            WINDOW,
            OF_SESSIONS,
            option("pair", "The pair to answer with its dose curve; default: the strongest.", KEYS),
        ),
        view=ux_correlation,
        response=ResponseSpec(
            text="The pairs, the three of the documentation first; as CSV a row for each.",
            kind=UxCorrelation,
            as_csv=correlation_table,
        ),
    ),
)
