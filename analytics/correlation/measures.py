"""The sides of a pair: what connections do (exposures), what people experience (outcomes)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One side of a pair. `unit` stands beside its figures, `quantity` in sentences and slopes.
    `per` is the step of x a slope is said for. `is_count`: a number of events, of which most
    sessions have none. `more`, `less`: how a sentence says a rise and a fall. A session met x when
    it is above `touched_above`; `None` where there is no such limit.
    """

    key: str
    label: str
    unit: str
    quantity: str
    per: float
    more: str
    less: str
    is_count: bool = False
    touched_above: float | None = None


EXPOSURES = (
    Measure(
        key="latency_p95_ms",
        label="Round trip p95",
        unit="ms",
        quantity="ms",
        per=10.0,
        more="round trips are slower",
        less="round trips are faster",
        touched_above=200.0,
    ),
    Measure(
        key="error_rate",
        label="Message error rate",
        unit="%",
        quantity="percentage points",
        per=1.0,
        more="more messages fail",
        less="fewer messages fail",
        touched_above=0.0,
    ),
    Measure(
        key="drops_per_hour",
        label="Drops per session-hour",
        unit="per hour",
        quantity="drops per hour",
        per=1.0,
        more="connections drop more often",
        less="connections drop less often",
        is_count=True,
        touched_above=0.0,
    ),
    Measure(
        key="without_connection",
        label="Time without a connection",
        unit="%",
        quantity="percentage points",
        per=1.0,
        more="pages are longer without a connection",
        less="pages are shorter without a connection",
        touched_above=0.0,
    ),
    Measure(
        key="longest_silence_ms",
        label="Longest silence",
        unit="ms",
        quantity="ms",
        per=1000.0,
        more="connections are silent for longer",
        less="connections are silent for less time",
        touched_above=0.0,
    ),
    Measure(
        key="setup_p95_ms",
        label="Handshake time p95",
        unit="ms",
        quantity="ms",
        per=10.0,
        more="handshakes are slower",
        less="handshakes are faster",
    ),
)

OUTCOMES = (
    Measure(
        key="page_load_ms",
        label="Page load",
        unit="ms",
        quantity="ms",
        per=100.0,
        more="pages load more slowly",
        less="pages load faster",
    ),
    Measure(
        key="lcp_ms",
        label="Largest contentful paint",
        unit="ms",
        quantity="ms",
        per=100.0,
        more="the largest element is painted later",
        less="the largest element is painted earlier",
    ),
    Measure(
        key="inp_ms",
        label="Interaction to next paint",
        unit="ms",
        quantity="ms",
        per=10.0,
        more="pages answer input later",
        less="pages answer input sooner",
    ),
    Measure(
        key="cls",
        label="Cumulative layout shift",
        unit="",
        quantity="of the score",
        per=0.01,
        more="page content moves more",
        less="page content moves less",
    ),
    Measure(
        key="ux_errors_per_hour",
        label="Page errors",
        unit="per hour",
        quantity="errors per hour",
        per=1.0,
        more="pages have more errors",
        less="pages have fewer errors",
        is_count=True,
    ),
    Measure(
        key="interactions_per_minute",
        label="Interactions",
        unit="per minute",
        quantity="interactions per minute",
        per=1.0,
        more="people interact more",
        less="people interact less",
    ),
)

SEED_PAIRS = (
    ("latency_p95_ms", "page_load_ms"),
    ("error_rate", "ux_errors_per_hour"),
    ("drops_per_hour", "interactions_per_minute"),
)

PAIRS: tuple[tuple[Measure, Measure], ...] = tuple((x, y) for x in EXPOSURES for y in OUTCOMES)


def pair_key(x: Measure, y: Measure) -> str:
    """As in addresses: `latency_p95_ms~page_load_ms`."""
    return f"{x.key}~{y.key}"


def is_seed(x: Measure, y: Measure) -> bool:
    """Whether a pair is one of the three that come first."""
    return (x.key, y.key) in SEED_PAIRS
