"""`/api/ws/baselines`: ranges under a name, and what is compared with them."""

from analytics.baselines.answers import (
    BaselineComparison,
    BaselineListResponse,
    BaselineResponse,
)
from analytics.baselines.limits import BaselineRequest
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.access.rules import ADMINS
from ingest.routing.bodies import object_body
from ingest.routing.inputs import WINDOW
from ingest.routing.route import ResponseSpec, Route, number_id
from ingest.routing.runner import actor_of

from .baseline_payload import BaselinePayload, read_baseline
from .comparison_table import comparison_table

BASELINES = "/api/ws/baselines"
BASELINE = f"{BASELINES}/{{baseline_id}}"
TAG = "Baselines"
BASELINE_ID = number_id("baseline_id")


def baselines(services: Services) -> BaselineListResponse:
    """`GET /api/ws/baselines`."""
    return services.baselines.reports.all()


def baseline(services: Services, baseline_id: int) -> BaselineResponse:
    """`GET /api/ws/baselines/{id}`."""
    return services.baselines.reports.baseline(baseline_id)


def comparison(services: Services, baseline_id: int, window: TimeRange) -> BaselineComparison:
    """`GET /api/ws/baselines/{id}/comparison`."""
    return services.baselines.reports.comparison(baseline_id, window)


def add_baseline(services: Services, payload: BaselineRequest) -> BaselineResponse:
    """`POST /api/ws/baselines`."""
    return services.baselines.actions.add(actor_of(services), payload)


def remove_baseline(services: Services, baseline_id: int) -> None:
    """`DELETE /api/ws/baselines/{id}`."""
    services.baselines.actions.remove(actor_of(services), baseline_id)


ROUTES = (
    Route(
        method="GET",
        path=BASELINES,
        name="baselines",
        tag=TAG,
        summary="Get all baselines",
        view=baselines,
        response=ResponseSpec(text="The baselines, the newest first.", kind=BaselineListResponse),
    ),
    Route(
        method="POST",
        path=BASELINES,
        name="add_baseline",
        tag=TAG,
        summary="Save a range as a baseline",
        description="The full hours of UTC in the range that have ended, at least 6 hours and at "
        "most 31 days. Its figures are stored with it and outlive the rows they came from. 409: "
        "another baseline has this name, or there are as many as there may be.",
        roles=ADMINS,
        body=object_body(BaselinePayload, read_baseline),
        view=add_baseline,
        response=ResponseSpec(text="The baseline.", status=201, kind=BaselineResponse),
        problems=(409,),
    ),
    Route(
        method="GET",
        path=BASELINE,
        name="baseline",
        tag=TAG,
        summary="Get a baseline",
        ids=(BASELINE_ID,),
        view=baseline,
        response=ResponseSpec(text="The baseline.", kind=BaselineResponse),
    ),
    Route(
        method="DELETE",
        path=BASELINE,
        name="remove_baseline",
        tag=TAG,
        summary="Remove a baseline",
        description="409: an alert rule compares with it.",
        roles=ADMINS,
        ids=(BASELINE_ID,),
        view=remove_baseline,
        response=ResponseSpec(text="It is gone.", status=204),
        problems=(409,),
    ),
    Route(
        method="GET",
        path=f"{BASELINE}/comparison",
        name="baseline_comparison",
        tag=TAG,
        summary="Compare a range with a baseline",
        description="Every measure of the range, at most 31 days, under the filters of the "
        "baseline, minus that of the baseline, at the hours of the day that both have. Intervals "
        "are at 95 %: of connect success, stability and message error rate over sessions "
        "(Newcombe), of all else by a bootstrap over hours. `is_real` holds for all measures "
        "together (Benjamini-Hochberg at 5 %).",
        ids=(BASELINE_ID,),
        inputs=(WINDOW,),
        view=comparison,
        response=ResponseSpec(
            text="The measures; as CSV their table.",
            kind=BaselineComparison,
            as_csv=comparison_table,
        ),
    ),
)
