"""One connection, both ends: counts and single connections."""
