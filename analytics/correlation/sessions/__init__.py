"""Sessions summed up, one row each, as columns."""
