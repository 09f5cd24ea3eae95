"""The shared histogram as SQL functions: the bucket of a duration, pairs, percentiles."""

from fractions import Fraction

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

LEAST_US, GROWTH, LONGEST_US = 100, Fraction(26, 25), 86_400_000_000


def bounds_us() -> list[int]:
    """The lower bounds of all buckets, and the end of the last, in microseconds."""
    bounds, exact = [LEAST_US], Fraction(LEAST_US)
    while bounds[-1] <= LONGEST_US:
        exact *= GROWTH
        bounds.append(round(exact))
    return bounds


BOUNDS = """
CREATE FUNCTION histogram_bounds_us() RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT ARRAY[{0}]::bigint[] $$
"""
BUCKET = """
CREATE FUNCTION histogram_bucket(duration_us bigint) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT greatest(1, least(width_bucket(duration_us, histogram_bounds_us()),
                               cardinality(histogram_bounds_us()) - 1)) - 1 $$
"""
# Pairs of bucket (uint16) and count (uint32), little endian, as the columns hold them.
PAIRS = """
CREATE FUNCTION histogram_pairs(glued bytea) RETURNS TABLE (bucket integer, count bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  SELECT get_byte(glued, p) + 256 * get_byte(glued, p + 1),
         get_byte(glued, p + 2) + 256 * get_byte(glued, p + 3)
         + 65536 * CAST(get_byte(glued, p + 4) AS bigint)
         + 16777216 * CAST(get_byte(glued, p + 5) AS bigint)
  FROM generate_series(0, octet_length(glued) - 6, 6) AS p
$$
"""
# By nearest rank; the geometric middle of a bucket is at most 2 % from every value in it.
PERCENTILE = """
CREATE FUNCTION histogram_percentile_ms(glued bytea, share double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
  WITH merged AS (
    SELECT bucket, sum(count) AS count FROM histogram_pairs(glued) GROUP BY 1
  ), ranked AS (
    SELECT bucket, sum(count) OVER (ORDER BY bucket) AS upto, sum(count) OVER () AS total
    FROM merged
  )
  SELECT sqrt(CAST((histogram_bounds_us())[bucket + 1] AS double precision)
              * (histogram_bounds_us())[bucket + 2]) / 1000
  FROM ranked WHERE upto >= greatest(1, ceil(share * CAST(total AS double precision)))
  ORDER BY bucket LIMIT 1
$$
"""


def upgrade() -> None:
    op.execute(BOUNDS.format(", ".join(map(str, bounds_us()))))
    for function in (BUCKET, PAIRS, PERCENTILE):
        op.execute(function)


def downgrade() -> None:
    for name in (
        "histogram_percentile_ms(bytea, double precision)",
        "histogram_pairs(bytea)",
        "histogram_bucket(bigint)",
        "histogram_bounds_us()",
    ):
        op.execute(f"DROP FUNCTION {name}")
