"""A test while it runs: its steps, and its result so far."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from analytics.probes.attempt import Attempt, attempt
from analytics.probes.targets import Target
from models.database.engine import Database
from models.metrics.dimensions import PROBE_APP

from .echo import EchoTest
from .pool import OpenFiles, PoolTest
from .results import BasicResult, ConnectionTestRequest, PoolResult, Progress, StageTime
from .sentences import Result

BASIC_SECONDS = 10.0


@dataclass(slots=True)
class RunningBasic:
    """One connection from the server, beside what the browser measured."""

    request: ConnectionTestRequest
    outcome: Attempt = field(default_factory=lambda: Attempt(stages={}))

    def run(self, target: Target) -> Iterator[Progress]:
        """All stages at once."""
        yield Progress(total=1, text="connecting from the server")
        self.outcome = attempt(target, PROBE_APP, BASIC_SECONDS)

    @property
    def result(self) -> BasicResult:
        """What came of it."""
        outcome, days = self.outcome, self.outcome.certificate_days
        return BasicResult(
            stages=[
                StageTime(stage=stage.value, milliseconds=round(ms, 3))
                for stage, ms in outcome.stages.items()
            ],
            failed=outcome.failed.value if outcome.failed else "", code=outcome.code,
            reason=outcome.reason, close_code=outcome.close_code,
            certificate_days=None if days is None else round(days, 1),
            browser=self.request.browser,
        )  # fmt: skip


RunningTest = RunningBasic | EchoTest | PoolTest


def running_test(
    request: ConnectionTestRequest, database: Database, most_open_files: OpenFiles
) -> RunningTest:
    """The test that is requested for."""
    if request.kind == "basic":
        return RunningBasic(request)
    if request.kind == "echo":
        return EchoTest(request)
    return PoolTest(database, request.connections, most_open_files)


def named(result: Result) -> dict[str, Result]:
    """A result under the name of its kind, as an answer has it."""
    if isinstance(result, BasicResult):
        return {"basic": result}
    return {"pool": result} if isinstance(result, PoolResult) else {"echo": result}
