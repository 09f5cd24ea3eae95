"""`GET /api/ws/storage`: the storage report; as CSV the sizes by table and day."""

from analytics.formatting.csv_text import Cell
from analytics.operations.storage_answers import Storage
from analytics.ranges.timerange import TimeRange
from analytics.services.services import Services
from ingest.routing.inputs import WINDOW
from ingest.routing.route import ResponseSpec, Route, Table

PATH = "/api/ws/storage"
HEADER = ("table", "day", "state", "rows_estimated", "size_bytes")


def storage(services: Services, window: TimeRange) -> Storage:
    """`GET /api/ws/storage`."""
    return services.storage.read(window)


def as_csv(report: Storage) -> Table:
    """One row per table, with an empty day, then one row per day partition."""
    tables: list[list[Cell]] = [[t.table, "", "", t.rows, t.size_bytes] for t in report.tables]
    days: list[list[Cell]] = [
        [part.table, part.day.isoformat(), part.state, part.rows, part.size_bytes]
        for part in report.days
    ]
    name = f"storage_{report.data_as_of:%Y%m%dT%H%MZ}.csv"
    return Table(name=name, header=HEADER, rows=tables + days)


ROUTES = (
    Route(
        method="GET",
        path=PATH,
        name="storage",
        tag="Health",
        summary="Get how the store fares",
        description="Size by table and day, growth, when the disk is full, the jobs, and what "
        "became of what came in during the range.",
        inputs=(WINDOW,),
        view=storage,
        response=ResponseSpec(text="The figures; as CSV the sizes.", kind=Storage, as_csv=as_csv),
    ),
)
