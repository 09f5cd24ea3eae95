"""Both sides of the pairs by the hour."""
