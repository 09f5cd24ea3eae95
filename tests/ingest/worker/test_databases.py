"""The pools of a worker bear names that tell them apart in PostgreSQL, and close together."""

from sqlalchemy import text

from ingest.worker.databases import databases
from models.database.engine import Database
from settings import Settings

COUNT = text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'wsmon-%'")


def test_disposing_closes_every_pool(settings: Settings, database: Database) -> None:
    pools = databases(settings)
    for pool in (pools.pages, pools.ingest, pools.metering, pools.exports, pools.health):
        pool.ping()
    assert _connections(database) >= 4
    pools.dispose()
    assert pools.ingest.engine.pool.status().startswith("Pool size: 2  Connections in pool: 0")


def _connections(database: Database) -> int:
    with database.transaction() as connection:
        return int(connection.execute(COUNT).scalar_one())
