"""Round trips by a reader of the protocol: figures, failures, what does not count."""

from typing import Any

from playwright.sync_api import Browser

from tests.support.sdk.modules import evaluate, source

MODULES = [
    "core/limits", "core/histogram", "core/tally", "core/payload", "core/unanswered",
    "instruments/reading", "instruments/round_trips",
]  # fmt: skip


def run(chromium: Browser, script: str) -> Any:
    return evaluate(chromium, MODULES, source("toy_protocol") + script)


def test_figures_are_apart_and_failures_counted(chromium: Browser) -> None:
    assert run(chromium, """
        const trip = trips()
        trip.message('hello', true, 5)
        say(trip, 'sent', ['asksApplication', 1], ['asksStack', 2], ['asksApplication', 3])
        life.at = 30
        say(trip, 'received', ['answers', 1], ['answers', 2, true], ['fails'])
        say(trip, 'received', ['answers', 9, true])
        say(trip, 'sent', ['forgets', 3])
        say(trip, 'received', ['answers', 3])
        return [reply.samples_ms, latency.samples_ms, messages.errors, endpoint.protocol]
    """) == [[30], [30], 2, "toy /p"]  # fmt: skip


def test_hidden_or_asleep_in_between_does_not_count(chromium: Browser) -> None:
    assert run(chromium, """
        const trip = trips()
        trip.message('hello', true, 5)
        life.isHidden = true
        say(trip, 'sent', ['asksApplication', 1])
        life.isHidden = false
        say(trip, 'sent', ['asksApplication', 2])
        life.epoch++
        say(trip, 'received', ['answers', 1], ['answers', 2])
        say(trip, 'sent', ['asksApplication', 3])
        Date.now = () => life.at + 2000
        say(trip, 'received', ['answers', 3])
        return reply.samples_ms
    """) == []  # fmt: skip


def test_silence_of_beats_and_messages_is_a_fact_of_the_end(chromium: Browser) -> None:
    assert run(chromium, """
        const [beat, message, promise] = [trips(), trips(), trips()]
        for (const trip of [beat, message, promise]) trip.message('hello', true, 5)
        say(beat, 'sent', ['asksBeat', 1])
        say(message, 'sent', ['asksApplication', 1])
        say(promise, 'received', ['promises', 3000])
        return [beat, message, promise].map(trip => Object.values(trip.silence(5000, 0)))
    """) == [[True, False, 5_000], [False, True, 5_000], [True, False, 2_000]]  # fmt: skip


def test_ids_of_the_page_are_the_round_trips_where_it_gives_them(chromium: Browser) -> None:
    assert run(chromium, """
        const trip = trips({ messageId: data => data === 'hello' ? 'h' : undefined })
        trip.message('hello', true, 5)
        say(trip, 'sent', ['asksStack', 1])
        life.at = 20
        say(trip, 'received', ['answers', 1])
        trip.message('hello', false, 5)
        return [latency.samples_ms, reply.samples_ms]
    """) == [[20], []]  # fmt: skip


def test_only_the_first_frames_are_recognised_and_only_their_beginning_read(
    chromium: Browser,
) -> None:
    assert run(chromium, """
        const never = trips()
        for (let i = 0; i < 20; i++) {
          never.message('x', true, 1)
          never.message(new Blob(['x']), false, 1)
        }
        const after = asked
        const late = trips()
        late.message('x', false, 1)
        late.message(new Uint8Array(5000).fill(7).buffer, false, 5000)
        late.message('y'.repeat(9000), true, 9000)
        return [after, asked - after, frames]
    """) == [8, 2, [[4096, 5000, False], [4096, 9000, True]]]  # fmt: skip
