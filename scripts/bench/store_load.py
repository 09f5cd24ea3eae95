"""Fills a store for the benchmark: reports and samples generated inside PostgreSQL.

Three apps, forty countries, a daily rhythm; histograms are drawn from a thousand ready-made ones.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import text

from models.database import partitions
from models.database.engine import Database
from models.metrics.histogram import bucket_counts
from models.metrics.histogram_codec import packed

DAYS = 30
READY_MADE = 1000
REPORTS_PER_SESSION = 40
SAMPLE_SECONDS = 30

HISTOGRAMS = """
CREATE UNLOGGED TABLE bench_histograms (id integer PRIMARY KEY, pairs bytea, sum_us bigint)
"""
# A number of the row, scrambled: any two columns look unrelated, and a run repeats exactly.
_DRAW = "abs(hashint8extended(n, {seed})) % {most}"
REPORTS = """
INSERT INTO client_reports
SELECT CAST(md5('session' || (n / {per_session})) AS uuid), CAST(md5('report' || n) AS uuid),
  at - interval '15 s', at, at, (ARRAY['portal','portal','portal','kiosk','chat'])[1 + {app}],
  'release ' || {release}, '/page/' || {page}, '/ws', '1.0',
  chr(65 + CAST({country} / 7 AS integer)) || chr(65 + CAST({country} % 7 AS integer)),
  'R' || {region}, 'Chrome ' || {browser}, 'Linux', 1,
  1, 1, 0, CAST({drops} = 0 AS integer), CAST({drops} = 0 AS integer), CAST({drops} = 0 AS integer),
  14000, 0, '{{}}', CAST({drops} = 0 AS integer),
  CASE WHEN {drops} = 0 THEN ARRAY[900] ELSE '{{}}' END, 4000,
  10, 12, 0, CAST({errors} = 0 AS integer), 4000, 9000, h.pairs, h.sum_us, h.pairs, h.sum_us,
  'wifi', (ARRAY['4g','4g','4g','3g','unknown'])[1 + {network}], 50, 10, 1200, 1500, 80, 0.05,
  0, 20, '{{}}', 0
FROM (SELECT n, :start + interval '1 second' * (n * :seconds) AS at
      FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n) AS r
JOIN bench_histograms h ON h.id = {histogram}
"""
SESSIONS = """
INSERT INTO sessions (session_id, app, first_seen, last_seen, reports, weight, abnormal_closes,
  release, page, country, browser, os, effective_type)
SELECT session_id, min(app), min(period_end), max(period_end), count(*), 1, sum(abnormal_closes),
  min(release), min(page), min(country), min(browser), min(os), min(effective_type)
FROM client_reports WHERE period_end >= :start AND period_end < :end GROUP BY 1
ON CONFLICT (session_id) DO UPDATE SET last_seen = excluded.last_seen
"""
SAMPLES = """
INSERT INTO server_samples
SELECT gen_random_uuid(), at - :step, at, at, 'websocket-analytics', 'worker ' || w, app, '',
  80, 80, 0, 5, 80, 4, 900, 400, 400000, 70000, 0, 0, 3, 1, 2,
  '{{"1000/client": 2, "1006/nobody": 1}}', '{{}}', '{{"not-json": 2}}',
  '{{"message": [900, 400]}}', '[["hall", 40, 300], ["yard", 40, 100]]',
  h.pairs, h.pairs, h.pairs, h.pairs, CASE WHEN app IS NULL THEN h.pairs ELSE '' END,
  h.sum_us, h.sum_us, h.sum_us, h.sum_us, CASE WHEN app IS NULL THEN h.sum_us ELSE 0 END,
  CASE WHEN app IS NULL THEN 900 END, CASE WHEN app IS NULL THEN 150000000 END,
  CASE WHEN app IS NULL THEN 90 END
FROM generate_series(:start + :step, CAST(:end AS timestamptz), :step) WITH ORDINALITY AS s (at, n)
CROSS JOIN generate_series(1, 2) AS w
CROSS JOIN (VALUES ('portal'), ('kiosk'), ('chat'), (NULL)) AS apps (app)
JOIN bench_histograms h ON h.id = {histogram}
"""
COLUMNS = {
    "app": 5, "release": 3, "page": 30, "country": 40, "browser": 12, "network": 5,
    "drops": 50, "errors": 200, "histogram": READY_MADE, "region": 10,
}  # fmt: skip


def load(database: Database, reports: int, until: datetime, log: Callable[[str], None]) -> None:
    """Insert `reports` reports and the samples of the thirty days before `until`."""
    start = until - timedelta(days=DAYS)
    days = [(start + timedelta(days=n)).date() for n in range(DAYS + 2)]
    for table in ("client_reports", "server_samples"):
        partitions.ensure(database, table, days)
    _ready_made(database)
    each = reports // DAYS
    for day in range(DAYS):
        values = {
            "start": start, "seconds": DAYS * 86400 / reports,
            "first": day * each, "last": (day + 1) * each - 1,
        }  # fmt: skip
        with database.transaction() as connection:
            connection.execute(text(_with_draws(REPORTS)), values)
        log(f"{(day + 1) * each:,} of {reports:,} reports")
    with database.transaction() as connection:
        connection.execute(text(SESSIONS), {"start": start, "end": until})
        step = timedelta(seconds=SAMPLE_SECONDS)
        connection.execute(text(_with_draws(SAMPLES)), {"start": start, "end": until, "step": step})
    with database.autocommit() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _with_draws(statement: str) -> str:
    draws = {
        name: f"({_DRAW.format(seed=seed, most=most)})"
        for seed, (name, most) in enumerate(COLUMNS.items())
    }
    return statement.format(per_session=REPORTS_PER_SESSION, **draws)


def _ready_made(database: Database) -> None:
    rng = np.random.default_rng(1)
    rows = []
    for number in range(READY_MADE):
        values = (40 * rng.lognormal(0, 0.7, 8)).tolist()
        counts = bucket_counts(values)
        pairs = packed(tuple(counts), tuple(counts.values()))
        rows.append({"id": number, "pairs": pairs, "sum_us": round(sum(values) * 1000)})
    with database.transaction() as connection:
        connection.execute(text(HISTOGRAMS))
        connection.execute(text("INSERT INTO bench_histograms VALUES (:id, :pairs, :sum_us)"), rows)
