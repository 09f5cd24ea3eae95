"""The table of a run, in the form it has in the documents."""

from collections.abc import Sequence

from .running import Outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: a row for each server, a column for each way of ending."""
    ways = list(outcomes[0].labels)
    lines = [f"| server | {' | '.join(ways)} |", f"|---|{'---|' * len(ways)}"]
    for outcome in outcomes:
        cells = " | ".join(outcome.labels[way].replace("/", " ") for way in ways)
        lines.append(f"| {outcome.recipe.name} | {cells} |")
    return "\n".join(lines)
