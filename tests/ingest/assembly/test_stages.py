"""The stages of a worker: their order, and that all of them fit before its master kills it."""

import runpy

from flask import Flask

from ingest.assembly import stages
from ingest.bounds.report_bounds import ReportBounds
from ingest.bounds.withdrawals import Withdrawals
from ingest.worker import lifecycle
from ingest.worker.lifecycle import REQUEST_SECONDS
from models.database.engine import Database
from models.raw.set_aside_reports import SetAsideReports
from settings import CHECKOUT, Settings
from tests.support.clock import Clock


def test_a_worker_stops_before_its_master_kills_it(app: Flask) -> None:
    worker = app.extensions[lifecycle.EXTENSION]
    every = (*worker._at_signal, *worker._after_requests)
    names = [stage.name for stage in every]
    assert (names[0], names[-1]) == ("sockets", "databases")
    assert names.index("write buffer") < names.index("outcomes")
    patience = runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))["graceful_timeout"]
    assert sum(stage.seconds for stage in every) + REQUEST_SECONDS < patience


def test_senders_are_compared_until_the_stage_stops(database: Database, clock: Clock) -> None:
    withdrawals = Withdrawals(SetAsideReports(database), lambda _: None)
    stage = stages.withdrawing(withdrawals, ReportBounds(Settings(), withdrawals), clock)
    stage.start()
    stage.stop()
