"""What a web worker starts, and stops in order."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.withdrawals import Withdrawals
from ingest.collector import ReportCollector
from ingest.collector.outcomes import Outcomes
from ingest.knocks.allowed import Allowed
from ingest.knocks.knock_log import FLUSH_SECONDS, KnockLog, steps
from ingest.sockets import Sockets
from ingest.worker.background import Loop, every
from ingest.worker.databases import Databases
from ingest.worker.lifecycle import STEP_SECONDS, Lifecycle, Stage


def lifecycle_of(
    websockets: Sockets,
    report_collector: ReportCollector,
    background: Sequence[Stage],
    outcomes: Outcomes,
    pools: Databases,
    *,
    has_redis: bool,
) -> Lifecycle:
    """What a worker starts, and stops in this order, each within its deadline in seconds."""
    metering, rooms = websockets.metering, websockets.rooms
    # The bus over PostgreSQL is opened with the first socket; whether there is Redis is tried now.
    rooms_stage = (rooms.close, rooms.start) if has_redis else (rooms.close,)
    return Lifecycle(
        at_signal=(Stage("sockets", 0.25, websockets.registry.close_all),),
        after_requests=(
            Stage("rooms", 0.25, *rooms_stage),
            Stage("meter", 0.5, metering.finish, metering.start),
            Stage("write buffer", 0.5, report_collector.close),
            *background,
            Stage("outcomes", 0.25, outcomes.finish, outcomes.start),
            Stage("databases", 0.1, pools.dispose),
        ),
    )


def withdrawing(
    withdrawals: Withdrawals, bounds: ReportBounds, now: Callable[[], datetime]
) -> Stage:
    """Compares senders, and sets aside what one of them brought out of proportion."""

    def start() -> None:
        withdrawals.start(lambda: bounds.compare(now()))

    return Stage("withdrawals", 0.15, withdrawals.finish, start)


def knocking(knock_log: KnockLog, allowed: Allowed) -> Stage:
    """Stores what knocks and reads whom an admin allowed, first at once."""
    loops: list[Loop] = []

    def start() -> None:
        step = steps(knock_log.flush, allowed.refresh)
        loops.append(every(FLUSH_SECONDS, step, "knocks", delay=0.0))

    def stop() -> None:
        for loop in loops:
            loop.stop(STEP_SECONDS)  # what it stores just now is not to be cut off
        knock_log.finish()

    return Stage("knocks", 0.25, stop, start)
