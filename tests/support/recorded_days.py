"""Stored hours of a made-up day, as the export gives them."""

from datetime import UTC, datetime, timedelta

from analytics.exports.datasets import DATASETS

START = datetime(2026, 11, 20, tzinfo=UTC)
COLUMNS = ("t", "service", "app", "opened", "connection_us", "received", "bytes_received",
           "duration_buckets")  # fmt: skip
BUSIEST = 10  # o'clock


def csv_of_day(app: str = "portal") -> str:
    """Most arrive at ten, none at night; each stays 5 or 30 minutes and sends twice a minute."""
    assert set(COLUMNS) <= set(DATASETS["server-rollups"].header)
    lines = [",".join(COLUMNS)]
    for hour in range(24):
        opened = {BUSIEST: 600, BUSIEST + 1: 300}.get(hour, 60 if 7 <= hour < 20 else 0)
        open_seconds = opened * (0.5 * 300 + 0.5 * 1800)
        messages = round(open_seconds / 30)
        t = (START + timedelta(hours=hour)).isoformat()
        buckets = f"380:{opened // 2} 425:{opened // 2}" if opened else ""  # 303 s and 1,769 s
        lines.append(
            f"{t},chat,{app},{opened},{open_seconds * 1e6:.0f},{messages},{messages * 80},{buckets}"
        )
    return "\n".join(lines) + "\n"
