"""The rows behind map and table, as "Show as table" and the CSV have them."""

from collections.abc import Sequence
from typing import Any

from analytics.country_file.source import CountrySource
from dashboard.widgets.drawn import Column, Table, column

from .metrics import REGION_METRICS, TABLE_KINDS, Scale
from .regions import Region

SEED_KEY = "latency_mean_ms"


def csv_table(regions: Sequence[Region], source: CountrySource | None) -> Table:
    """A row per region, with every metric, its interval and its value in the period before; of a
    count the value alone; and whose the country file is."""
    columns: list[Column] = [
        column("country", "Country", "text"),
        column("name", "Name", "text"),
        column("small_sample", "Too few sessions", "text"),
        column("too_few", "Too few for an interval", "text"),
        column("latency_mean_ms", "Average latency", "ms"),
    ]
    for key, metric in REGION_METRICS.items():
        kind = TABLE_KINDS[metric.scale]
        columns.append(column(key, metric.label, kind))
        if metric.scale is Scale.COUNT:
            continue
        columns += [
            column(f"{key}_low", f"{metric.label}, low", kind),
            column(f"{key}_high", f"{metric.label}, high", kind),
            column(f"{key}_n", f"{metric.label}, n", "count"),
            column(f"{key}_before", f"{metric.label}, before", kind),
        ]
    columns.append(column("country_source", "Countries by", "text"))
    credit = source.credit if source else ""
    return Table(columns, [[*_row(region), credit] for region in regions])


def _row(region: Region) -> list[Any]:
    small = "yes" if region.is_small and region.is_counted else "no"
    too_few = [
        metric.label
        for key, metric in REGION_METRICS.items()
        if key in region.figures and region.figures[key].too_few
    ]
    cells: list[Any] = [region.code, region.name, small, ", ".join(too_few)]
    cells.append(region.value(SEED_KEY))
    for key, metric in REGION_METRICS.items():
        figure, before = region.figures.get(key), region.before.get(key)
        cells.append(region.value(key))
        if metric.scale is not Scale.COUNT:
            cells += [figure.low, figure.high, figure.n] if figure else [None] * 3
            cells.append(before.value if before else None)
    return cells
