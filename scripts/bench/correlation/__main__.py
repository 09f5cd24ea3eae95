"""What correlations are worth: `scripts/python -m scripts.bench.correlation`.

Of unrelated series how many are called associated, of planted relations what is found, of each
interval of the page how often it holds the truth, with its Monte Carlo error and the shares that
are too low and too high; and the time of the server. The seed is drawn unless given.
"""

import argparse
import secrets
import sys
from collections import Counter
from collections.abc import Callable

import numpy as np

from analytics.correlation.measures import pair_key
from analytics.correlation.results import Disagreement

from . import over_time, per_session, speed
from .per_session import CASES, DROPS, INTERACTIONS, LATENCY, PAGE_LOAD
from .sessions import Random
from .tally import Tally


def null(random: Random, rounds: int) -> None:
    """Unrelated series: significant at 5 %, by a plain correlation, and after adjusting."""
    total = _counted(over_time.unrelated, random, rounds)
    print(f"unrelated hours, {rounds} runs of {total['pairs'] // rounds} pairs:")
    print(f"  with figures             {total['figures'] / total['pairs']:.1%}")
    print(f"  significant at 5 %       {total['significant'] / total['figures']:.2%}")
    print(f"  by a plain correlation   {total['plain'] / total['pairs']:.1%}")
    print(f"  runs with any, adjusted  {total['any adjusted'] / rounds:.2%}")
    print(f"  with a shift             {total['lagged'] / total['figures']:.2%}")


def planted(random: Random, rounds: int) -> None:
    """Relations over time: sign, size and lag."""
    total = _counted(over_time.planted, random, rounds)
    parts = (f"{name} {total[name] / rounds:.1%}" for name in ("sign", "size within 0.15", "lag"))
    print(f"planted hours, {rounds} runs: {', '.join(parts)}")


def confounded(random: Random, rounds: int) -> None:
    """Sessions: a country that is slow on both sides, and a length that changes what people do."""
    slow = next(case for case in CASES if case.name == "slow country")
    length = next(case for case in CASES if case.name == "length alone")
    for case, x, y, dimension in (
        (slow, LATENCY, PAGE_LOAD, "country"),
        (length, DROPS, INTERACTIONS, "session length"),
    ):
        total: Counter[str] = Counter()
        for _ in range(rounds):
            view = per_session.view(case, random)
            pair = view.pairs[pair_key(x, y)]
            total["all sessions"] += pair.pooled is not None and pair.pooled.excludes_zero
            total["equals"] += pair.within is not None and pair.within.excludes_zero
            total["said so"] += pair.disagreement is Disagreement.HALF
            total[f"explained by {dimension}"] += pair.explained_by == dimension
        parts = (f"{name} {each / rounds:.1%}" for name, each in sorted(total.items()))
        print(f"{case.name}, {rounds} runs: {', '.join(parts)}")


def coverage(random: Random, rounds: int) -> None:
    """Each interval."""
    tally = Tally()
    for _ in range(rounds):
        over_time.related(random, tally)
        over_time.sloped(random, tally)
    for case in CASES:
        true = per_session.truth(case, random)
        for _ in range(rounds):
            per_session.round_of(case, random, true, tally)
        print(f"  {case.name}", file=sys.stderr)
    print("\n".join(tally.lines()))
    low, high, n = tally.within(0.93, 0.97)
    print(f"{n - low - high} of {n} intervals cover 93 to 97 %, {low} less, {high} more")


def _counted(
    round_of: Callable[[Random], Counter[str]], random: Random, rounds: int
) -> Counter[str]:
    total: Counter[str] = Counter()
    for _ in range(rounds):
        total.update(round_of(random))
    return total


def main() -> None:
    """Print the seed and the figures of the parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["null", "planted", "confounded", "coverage"])
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--null-rounds", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    random = np.random.default_rng(arguments.seed)
    parts = {"null": null, "planted": planted, "confounded": confounded, "coverage": coverage}
    for name in arguments.parts:
        if name == "speed":
            print("\n".join(speed.lines(random)))
            continue
        parts[name](random, arguments.null_rounds if name == "null" else arguments.rounds)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
