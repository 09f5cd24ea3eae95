"""What alert rules ask about labels one by one: how much of a sum is told per value of a part.

Of very many value sets only those told most often are answered, the most frequent first.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from . import alert_rollups, alert_windows
from .alert_labels import Told, told
from .alert_windows import PLACE, RATES, STEP, TABLES, WindowQuery

Rows = Sequence[Sequence[Any]]


def of_rows(connection: Connection, question: WindowQuery, asked: str, part: int) -> Rows:
    """Rows of the step's number, the sample rate, each dimension's value, the label's part and its
    amount. Raises `LookupError` for a sum that no map holds."""
    read = told(question.source, asked, "a")
    _, by_value = alert_windows.by_values(question)
    selected = [f"{STEP} AS t", f"{RATES[question.source]} AS rate", *by_value]
    rows = f"{TABLES[question.source]}, {read.entries}"
    where = alert_windows.rows_of(question)
    return _asked(connection, question, _told(read, part, selected, rows, where), read)


def of_cells(connection: Connection, question: WindowQuery, asked: str, part: int) -> Rows:
    """The same of cells, whose amounts are weighted: their rate is 1."""
    read = told(question.source, asked, "a")
    scope = alert_rollups.scope_of(question)
    selected = [f"{alert_rollups.STEP} AS t", "1.0 AS rate", *scope.by_value]
    rows = f"{scope.table}, {read.entries}"
    statement = _told(read, part, selected, rows, scope.condition)
    return _asked(connection, question, statement, read, d=scope.divided)


def _told(read: Told, part: int, selected: Sequence[str], rows: str, where: str) -> str:
    return (
        f"SELECT {', '.join(selected)}, {read.part(part)} AS l, sum({read.amount}) AS c, "
        f"count(*) AS observed FROM {rows} WHERE {where} AND {read.condition} "
        f"AND {read.amount} > 0 GROUP BY {', '.join(str(n + 1) for n in range(len(selected) + 1))}"
    )


def _asked(
    connection: Connection, question: WindowQuery, statement: str, read: Told, **more: str
) -> Rows:
    names = ", ".join([*(f"d{place}" for place in range(len(question.dimensions))), "l"])
    whole = (
        f"WITH cells AS MATERIALIZED ({statement}), kept AS (SELECT {names}, "
        f"sum(observed) AS often FROM cells GROUP BY {names} ORDER BY often DESC, {names} "
        f"LIMIT :most) SELECT {PLACE}, rate, {names}, c FROM cells JOIN kept USING ({names}) "
        f"ORDER BY often DESC, {names}"
    )
    values = question.values | read.values | more
    return [tuple(row) for row in connection.execute(text(whole), values)]
