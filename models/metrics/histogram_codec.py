"""The stored form of a histogram: pairs of a bucket (uint16) and its count (uint32), little endian.

Rows of any range are merged by concatenating the bytes in SQL and adding the pairs up, so a bucket
may occur in several pairs.
"""

import struct
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

PAIR = np.dtype([("bucket", "<u2"), ("count", "<u4")])
LARGEST_IN_PAIR = 2**32 - 1
# What the columns of one kind of durations end in: pairs, integers in ms, their number, their sum.
COLUMN_KINDS = ("", "_list", "_n", "_us")
_FIELDS = "HI"
_pair = struct.Struct("<" + _FIELDS)


def packed(buckets: Sequence[int], counts: Sequence[int]) -> bytes:
    """A sparse histogram as stored; `buckets` and `counts` are parallel."""
    pairs = chain.from_iterable(zip(buckets, counts, strict=True))
    return struct.pack("<" + _FIELDS * len(buckets), *pairs)


def iter_pairs(stored: bytes) -> Iterator[tuple[int, int]]:
    """The (bucket, count) pairs of a stored histogram, in their order."""
    yield from _pair.iter_unpack(stored)
