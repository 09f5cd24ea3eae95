"""The table of a run, in the form it has in the documents."""

from collections.abc import Iterable, Sequence

from .figures import Figures
from .journeys import LIBRARIES, SCENARIOS
from .running import Outcome

ENGINES = ("chromium", "firefox", "webkit")
LEGEND = (
    "L lost, S ended by the server, R replaced, P paused with the page, – no interruption, "
    "· does not apply; three letters where the engines differ: Chromium, Firefox, WebKitGTK."
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: a row for each scenario, a column for each library, a letter for each end."""
    letters = {(str(o.journey)): letter(o) for o in outcomes}
    libraries = [name for name in LIBRARIES if any(o.journey.library == name for o in outcomes)]
    lines = [f"| | {' | '.join(libraries)} |", f"|---|{'---|' * len(libraries)}"]
    for scenario in SCENARIOS:
        cells = [
            _cell([letters.get(f"{engine} / {library} / {scenario}", "") for engine in ENGINES])
            for library in libraries
        ]
        lines.append(f"| {scenario} | {' | '.join(cells)} |")
    return "\n".join(lines)


def letter(outcome: Outcome) -> str:
    """How the monitor counted the interruption of a journey."""
    views = [reported for _, reported in outcome.views]
    if _sum(views, "lost"):
        return "L"
    if _sum(views, "ended_by_server"):
        return "S"
    if _sum(views, "replaced"):
        return "R"
    return "P" if any(view.suspended_ms for view in views) else "–"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Sums over all journeys, true and reported, and the largest difference of a time."""
    views = [view for outcome in outcomes for view in outcome.views]
    names = ("opened", "drops", "sent", "received")
    pairs = [
        f"{name} {_sum((t for t, _ in views), name):,}/{_sum((r for _, r in views), name):,}"
        for name in names
    ]
    recoveries = [
        sum(len(side.recovery_ms) for side in sides) for sides in zip(*views, strict=True)
    ]
    times = {
        name: max(abs(getattr(t, name) - getattr(r, name)) for t, r in views)
        for name in ("downtime_ms", "open_ms")
    }
    worst = ", ".join(f"{name} {value:.0f}" for name, value in times.items())
    return (
        f"{len(outcomes)} journeys; recorded/reported: {', '.join(pairs)}, recoveries "
        f"{'/'.join(map(str, recoveries))}; largest difference: {worst}"
    )


def _cell(letters: Sequence[str]) -> str:
    distinct = {letter for letter in letters if letter}
    return "·" if not distinct else distinct.pop() if len(distinct) == 1 else "".join(letters)


def _sum(views: Iterable[Figures], name: str) -> int:
    return sum(getattr(view, name) or 0 for view in views)
