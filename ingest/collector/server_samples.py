"""Samples of other services' sockets, and events that are marked on charts.

The guard lets in tokens of the roles ingest and admin only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flask import Flask, Response, request

from analytics.services.services import Services
from ingest import payloads
from ingest.collector.outcomes import EVENT, SERVER, Outcomes
from ingest.http.problems import BadRequest, Forbidden, Problem, Unauthorized
from ingest.http.request_body import Environ
from models.database.engine import DatabaseAway
from models.raw.events import Event, Events
from models.raw.sample_insert import ServerSamples
from models.raw.server_samples import ServerSample, key_of

from . import receipts
from .admission import SharedRate
from .pipeline import Kind, Pipeline, Witness
from .write_buffer import CommitResult, StoreBusy

SAMPLES_PATH = "/api/ws/server-metrics"
EVENTS_PATH = "/api/ws/events"
GUARDED: Mapping[int, Problem] = {
    401: Unauthorized("It sends no token, or one we do not know. Create one for it."),
    403: Forbidden("Its token has a role that may not send: create one with the role ingest."),
}


@dataclass(frozen=True, slots=True)
class SampleRoutes:
    """The routes that store `samples` and `events`."""

    samples: ServerSamples
    events: Events
    outcomes: Outcomes
    witness: Witness[ServerSample]

    def register(self, app: Flask, services: Services) -> None:
        """Add the routes to `app`."""
        rate = SharedRate(services.settings.metrics_rate_total)
        of_samples = Pipeline(
            samples_kind(self.samples, rate, self.witness), self.outcomes, services.now
        )
        of_events = Pipeline(events_kind(self.events, rate), self.outcomes, services.now)

        def post_samples() -> Response:
            return of_samples.post(request.environ).as_flask()

        def post_event() -> Response:
            return of_events.post(request.environ).as_flask()

        def note_refusal(response: Response) -> Response:
            """What the guard refuses comes to no view."""
            if request.path == SAMPLES_PATH and response.status_code in GUARDED:
                self.witness.refused(request.environ, GUARDED[response.status_code])
            return response

        app.after_request(note_refusal)
        app.add_url_rule(SAMPLES_PATH, "server_metrics", post_samples, methods=["POST"])
        app.add_url_rule(EVENTS_PATH, "events", post_event, methods=["POST"])


def samples_kind(
    store: ServerSamples, rate: SharedRate, witness: Witness[ServerSample]
) -> Kind[ServerSample]:
    """Samples: rare and large, so each request is a commit of its own."""

    def commit(samples: Sequence[ServerSample]) -> CommitResult:
        try:
            stored = store.insert(samples)
            keys = [key_of(sample) for sample in samples]
            accepted = frozenset(map(keys.index, stored))
            others = [index for index in range(len(samples)) if index not in accepted]
            conflicts = store.conflicts([samples[index] for index in others]) if others else ()
        except DatabaseAway as fault:
            raise StoreBusy from fault
        return CommitResult(accepted, {}, frozenset(others[index] for index in conflicts))

    return Kind(
        name="sample",
        source=SERVER,
        admit=rate.admit,
        decoder=lambda _environ: payloads.read_sample,
        store=commit,
        period_end=attrgetter("period_end"),
        unknown_fields=payloads.unknown_sample_fields,
        witness=witness,
    )


def events_kind(store: Events, rate: SharedRate) -> Kind[Event]:
    """Events: one at a time, with a receipt of their own."""

    def commit(events: Sequence[Event]) -> CommitResult:
        try:
            new = frozenset(index for index, event in enumerate(events) if store.add(event))
            conflicts = frozenset(
                index
                for index, event in enumerate(events)
                if index not in new and store.is_conflict(event)
            )
        except DatabaseAway as fault:
            raise StoreBusy from fault
        return CommitResult(new, {}, conflicts)

    return Kind(
        name="event",
        source=EVENT,
        admit=rate.admit,
        admit_items=_single,
        decoder=lambda _environ: payloads.read_event,
        store=commit,
        receipt=receipts.of_event,
    )


def _single(_environ: Environ, count: int) -> None:
    if count != 1:
        raise BadRequest("Send one event at a time.")
