"""Simulations of correlations: what is planted is found, and intervals cover what they claim."""
