"""What a result says in a sentence, and whether the test passed; pure."""

from analytics.formatting.numbers import count

from .results import BasicResult, EchoResult, Outcome, PoolResult
from .spread import FAIR_FROM

STAGES = {
    "lookup": "name look-up", "tcp": "TCP", "tls": "TLS", "upgrade": "upgrade", "reply": "reply",
    "close": "close",
}  # fmt: skip
Result = BasicResult | PoolResult | EchoResult


def outcome_of(result: Result) -> Outcome:
    """A basic test passes where all stages ended, a pool where all opened and are fairly spread,
    an echo where nothing was lost."""
    if isinstance(result, BasicResult):
        from_browser = result.browser is None or not result.browser.reason
        return "passed" if not result.failed and from_browser else "failed"
    if isinstance(result, PoolResult):
        is_fair = result.p is None or result.p >= FAIR_FROM
        is_open = result.opened == result.requested and bool(result.workers)
        return "passed" if is_open and is_fair else "failed"
    is_complete = result.sent == result.due and not result.lost and not result.reason
    return "passed" if is_complete else "failed"


def sentence_of(result: Result) -> str:
    """One sentence, or two."""
    if isinstance(result, BasicResult):
        return _of_basic(result)
    return _of_pool(result) if isinstance(result, PoolResult) else _of_echo(result)


def _of_basic(result: BasicResult) -> str:
    if result.failed:
        return f"Failed at the {STAGES[result.failed]}: {result.reason}"
    total = sum(stage.milliseconds for stage in result.stages)
    sentence = f"{total:,.0f} ms in all from the server."
    if result.browser is not None and result.browser.reason:
        return f"{sentence} Not from your browser: {result.browser.reason}"
    return sentence


def _of_pool(result: PoolResult) -> str:
    if result.failed:
        reason, failed = max(result.failed.items(), key=lambda item: item[1])
        return f"{count(failed)} of {count(result.requested)} did not open: {reason}"
    if not result.workers:
        return "No worker counted the connections in time: is the meter stored?"
    workers = f"{len(result.workers)} {'workers' if len(result.workers) > 1 else 'worker'}"
    return f"{count(result.opened)} connections on {workers}. {result.balancing}"


def _of_echo(result: EchoResult) -> str:
    if result.reason and not result.sent:
        return result.reason
    trips = result.round_trip
    sentence = f"{count(result.lost)} of {count(result.sent)} lost"
    if trips.p95 is not None:
        sentence += f", p95 {trips.p95:,.1f} ms"
    return f"{sentence}. {result.reason}".strip()
