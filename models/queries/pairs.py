"""Whether cells of pairs hold all reports of a value: beyond the most frequent they do not."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from models.database.intervals import condition
from models.metrics.dimensions import SEPARATOR, pair_dimension
from models.metrics.intervals import Interval


def hold_all(
    connection: Connection,
    pair: tuple[str, str],
    filters: Mapping[str, Sequence[str]],
    days: Sequence[Interval],
) -> bool:
    """Whether the cells of `pair` have as many reports of each filtered value as those of its
    dimension alone, over `days`; `filters` may name apps too."""
    where, values = condition(days, "t")
    app = " AND app = ANY(:apps)" if "app" in filters else ""
    checks = []
    for side, name in enumerate(pair, 1):
        if name not in filters:
            continue
        values |= {f"name{side}": name, f"values{side}": list(filters[name])}
        of_pair = f"split_part(value, '{SEPARATOR}', {side})"
        checks.append(
            f"SELECT coalesce((SELECT sum(reports) FROM client_days WHERE dimension = :name{side} "
            f"AND value = ANY(:values{side}) AND {where}{app}), 0) <= "
            "coalesce((SELECT sum(reports) FROM client_pair_days WHERE dimension = :pair "
            f"AND {of_pair} = ANY(:values{side}) AND {where}{app}), 0) AS is_held"
        )
    if not checks:
        return True
    values |= {"pair": pair_dimension(pair), "apps": list(filters.get("app", ()))}
    statement = f"SELECT bool_and(is_held) FROM ({' UNION ALL '.join(checks)}) AS sides"
    return bool(connection.execute(text(statement), values).scalar_one())
