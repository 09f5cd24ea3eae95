"""Finds the rows that make work on an interval fail, and sets them aside with the reason.

Rows are tried in the order of time: the first up to which the work fails, when all before it pass,
is at fault, also where two fail only together. Work that fails of more than `MOST` rows, or without
any, is at fault itself: then nothing is moved.
"""

import logging
from collections.abc import Callable, Collection

from analytics.formatting.numbers import plural
from models.database.engine import Connection, Database, DatabaseAway
from models.database.leases import LeaseLost
from models.database.partitions import PartitionBusy
from models.metrics.intervals import Interval
from models.raw import quarantined_rows
from models.raw.quarantined_rows import Suspects
from models.rollups.rollup_unit import RollupBusy

MOST = 10
LONGEST_REASON = 300  # characters
NO_FAULT_OF_ROWS = (DatabaseAway, LeaseLost, OSError, MemoryError, PartitionBusy, RollupBusy)
Work = Callable[[Database], object]
# What the work raises of the rows up to a number, but for those without.
Fault = Callable[[int, Collection[int]], Exception | None]
logger = logging.getLogger(__name__)


def isolate(
    database: Database,
    table: str,
    interval: Interval,
    work: Work,
    confirm: Callable[[Connection], None],
) -> int:
    """Set aside the rows of an interval of `table` that make `work` fail; how many.

    `work` reads the rows from the database that it is called with; what it writes is undone.
    Raises what it raised when no few rows are at fault, and what `confirm` raises.
    """
    with quarantined_rows.suspects(database, table, interval) as suspects:

        def fault(until: int, without: Collection[int]) -> Exception | None:
            return _fault(suspects, work, until, without)

        reasons = {number: _reason(each) for number, each in at_fault(suspects.rows, fault).items()}
        confirm(suspects.connection)
        moved = suspects.move(reasons)
    if moved:
        texts = "; ".join(sorted(set(reasons.values())))
        logger.warning("%s of %s set aside: %s", plural(moved, "row"), table, texts)
    return moved


def at_fault(count: int, fault: Fault) -> dict[int, Exception]:
    """What the work raises by the number of each row at fault, of `count` rows.

    Raises what the work raised when no few rows are at fault.
    """
    faults: dict[int, Exception] = {}
    while (raised := fault(count, faults)) is not None:
        number = _first_at_fault(count, faults, fault) if len(faults) < MOST else 0
        if not number:
            raise raised
        faults[number] = raised
    return faults


def _first_at_fault(count: int, without: Collection[int], fault: Fault) -> int:
    """The number of the first row up to which the work fails; 0: it fails without any."""
    passes, fails = -1, count
    while fails - passes > 1:
        middle = (passes + fails) // 2
        if fault(middle, without) is None:
            passes = middle
        else:
            fails = middle
    return fails


def _fault(
    suspects: Suspects, work: Work, until: int, without: Collection[int]
) -> Exception | None:
    try:
        with suspects.alone(until, list(without)) as database:
            work(database)
    except NO_FAULT_OF_ROWS:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever a row makes it raise
        return fault
    return None


def _reason(fault: Exception) -> str:
    line = (str(getattr(fault, "orig", None) or fault).strip() or "no reason").splitlines()[0]
    return f"{type(fault).__name__}: {line}"[:LONGEST_REASON]
