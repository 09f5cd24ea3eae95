"""`/api/ws/load-tests`: runs of load tests, stored and compared."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from analytics.load_tests.report import LoadTestReport
from analytics.load_tests.runs import LoadTestComparison, LoadTestList, LoadTestRow
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.access.rules import ADMINS
from ingest.http.parameters import ENDS, Arguments, window_of
from ingest.http.problems import Unprocessable
from ingest.routing.bodies import object_body
from ingest.routing.inputs import RANGE, parameter
from ingest.routing.route import Input, ResponseSpec, Route, Table, uuid_id
from ingest.routing.runner import actor_of
from models.metrics.dimensions import ONLY

from .body import read_load_test

LOAD_TESTS = "/api/ws/load-tests"
LOAD_TEST = f"{LOAD_TESTS}/{{run_id}}"
OF_BASELINE = f"{LOAD_TEST}/baseline"
BASELINE = "baseline"
TAG = "Load tests"
RUN_ID = uuid_id("run_id", "The id of its report.")
BEFORE_ID = uuid_id("before_id", "The id of the run it is compared with.")
COLUMNS = LoadTestRow.__struct_fields__


def _window_of(arguments: Arguments, now: Callable[[], datetime]) -> TimeRange | None:
    has_range = any(name in arguments for name in ENDS)
    return window_of(arguments, now) if has_range else None


WINDOW = Input("window", RANGE, _window_of)


def _only_baselines(arguments: Arguments, _now: Callable[[], datetime]) -> bool:
    value = arguments.get(BASELINE) or ""
    if value not in ("", ONLY):
        raise Unprocessable(f"Give {ONLY}, or nothing.", field=BASELINE)
    return value == ONLY


BASELINES = Input(
    "baselines",
    (
        parameter(
            BASELINE, "The runs alone that are baselines, of all times; default: all runs.",
            {"enum": [ONLY]},
        ),
    ),
    _only_baselines,
)  # fmt: skip


def load_tests(services: Services, window: TimeRange | None, baselines: bool) -> LoadTestList:
    """`GET /api/ws/load-tests`."""
    runs = services.load_tests
    return runs.baselines() if baselines else runs.listed(window)


def load_test(services: Services, run_id: UUID) -> LoadTestReport:
    """`GET /api/ws/load-tests/{id}`."""
    return services.load_tests.report(run_id)


def comparison(services: Services, run_id: UUID, before_id: UUID) -> LoadTestComparison:
    """`GET /api/ws/load-tests/{id}/against/{id}`."""
    return services.load_tests.compared(run_id, before_id)


def against_baseline(services: Services, run_id: UUID) -> LoadTestComparison:
    """`GET /api/ws/load-tests/{id}/baseline`."""
    return services.load_tests.against_baseline(run_id)


def mark_baseline(services: Services, run_id: UUID) -> LoadTestRow:
    """`POST /api/ws/load-tests/{id}/baseline`."""
    return services.load_tests.mark_baseline(actor_of(services), run_id)


def unmark_baseline(services: Services, run_id: UUID) -> None:
    """`DELETE /api/ws/load-tests/{id}/baseline`."""
    services.load_tests.unmark_baseline(actor_of(services), run_id)


def store(services: Services, payload: LoadTestReport) -> LoadTestRow:
    """`POST /api/ws/load-tests`."""
    return services.load_tests.store(actor_of(services), payload)


def remove(services: Services, run_id: UUID) -> None:
    """`DELETE /api/ws/load-tests/{id}`."""
    services.load_tests.remove(actor_of(services), run_id)


def _as_csv(listed: LoadTestList) -> Table:
    rows = [[getattr(row, name) for name in COLUMNS] for row in listed.load_tests]
    return Table(name="load-tests", header=COLUMNS, rows=rows)


ROUTES = (
    Route(
        method="GET",
        path=LOAD_TESTS,
        name="load_tests",
        tag=TAG,
        summary="Get load tests, the newest first",
        description="Those that overlap the range; without one the newest of all.",
        inputs=(WINDOW, BASELINES),
        view=load_tests,
        response=ResponseSpec(
            text="Runs without their windows.", kind=LoadTestList, as_csv=_as_csv
        ),
    ),
    Route(
        method="POST",
        path=LOAD_TESTS,
        name="store_load_test",
        tag=TAG,
        summary="Store a load test",
        description="The report that `./test_websocket_load.sh --json` writes. A run is known by "
        "its `id`: sent again it is stored once.",
        roles=ADMINS,
        body=object_body(LoadTestReport, read_load_test),
        view=store,
        response=ResponseSpec(text="It is stored.", status=201, kind=LoadTestRow),
        problems=(409,),
    ),
    Route(
        method="GET",
        path=LOAD_TEST,
        name="load_test",
        tag=TAG,
        summary="Get a load test",
        ids=(RUN_ID,),
        view=load_test,
        response=ResponseSpec(text="All of the run.", kind=LoadTestReport),
    ),
    Route(
        method="GET",
        path=f"{LOAD_TEST}/against/{{before_id}}",
        name="load_test_comparison",
        tag=TAG,
        summary="Compare two load tests",
        description="Two runs of the same plan; 422 for others. Intervals are those of a block "
        "bootstrap over the windows of the steady phase.",
        ids=(RUN_ID, BEFORE_ID),
        view=comparison,
        response=ResponseSpec(text="What differs.", kind=LoadTestComparison),
        problems=(422,),
    ),
    Route(
        method="GET",
        path=OF_BASELINE,
        name="load_test_against_baseline",
        tag=TAG,
        summary="Compare a load test with its baseline",
        description="The baseline of its target, profile and scenario; 404 where none is marked.",
        ids=(RUN_ID,),
        view=against_baseline,
        response=ResponseSpec(text="What differs.", kind=LoadTestComparison),
        problems=(422,),
    ),
    Route(
        method="POST",
        path=OF_BASELINE,
        name="mark_load_test_baseline",
        tag=TAG,
        summary="Make a load test the baseline",
        description="Of its target, profile and scenario, instead of the one before.",
        roles=ADMINS,
        ids=(RUN_ID,),
        view=mark_baseline,
        response=ResponseSpec(text="It is the baseline.", kind=LoadTestRow),
    ),
    Route(
        method="DELETE",
        path=OF_BASELINE,
        name="unmark_load_test_baseline",
        tag=TAG,
        summary="Let a load test no longer be the baseline",
        roles=ADMINS,
        ids=(RUN_ID,),
        view=unmark_baseline,
        response=ResponseSpec(text="It is not the baseline.", status=204),
    ),
    Route(
        method="DELETE",
        path=LOAD_TEST,
        name="remove_load_test",
        tag=TAG,
        summary="Delete a load test",
        roles=ADMINS,
        ids=(RUN_ID,),
        view=remove,
        response=ResponseSpec(text="It is gone.", status=204),
    ),
)
