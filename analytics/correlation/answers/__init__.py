"""The correlations of a range, made of both views and the cost of drops."""
