"""Coverage of the intervals over sessions: `scripts/python -m scripts.bench.coverage`.

Of each figure and number of sessions: the share of the 95 % intervals that hold the true figure
with its Monte Carlo error, the shares whose interval is too high and too low, and the share of
rounds with an interval. Parameters of the populations are drawn too, and so is the seed unless
given.
"""

import argparse
import secrets
from collections.abc import Sequence

from analytics.reports.segments.figures import FIGURES

from .rounds import ALONE, BESIDE_OTHERS, Tally, tally_of

SIZES = (30, 60, 100, 200, 500, 1_000, 5_000)


def table(tally: Tally, sizes: Sequence[int]) -> list[str]:
    """A line per figure, a cell per number of sessions."""
    lines = [f"{'sessions':36}" + "".join(f"{size:>36,}" for size in sizes)]
    for prefix in ("", ALONE, BESIDE_OTHERS):
        for key in FIGURES:
            name = prefix + key
            lines.append(f"{name:36}" + "".join(f"{_cell(tally, (name, n)):>36}" for n in sizes))
    return lines


def _cell(tally: Tally, key: tuple[str, int]) -> str:
    """`.953 ±.007 (.020 .027) 98 %`; `too few` without any interval."""
    n = tally.intervals[key]
    if not n:
        return "too few"
    share, error = tally.coverage(key)
    sides = f"({tally.under[key] / n:.3f} {tally.over[key] / n:.3f})"
    return f"{share:.3f} ±{error:.3f} {sides} {n / tally.rounds[key]:.0%}"


def main() -> None:
    """Print the seed and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--populations", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20, help="of each population and size")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    tally = tally_of(arguments.seed, arguments.populations, arguments.rounds, SIZES)
    print("\n".join(table(tally, SIZES)))


if __name__ == "__main__":
    main()
