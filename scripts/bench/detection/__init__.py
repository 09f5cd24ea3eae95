"""Labelled series for the detector: the score of the Numenta benchmark, a generator, rivals."""
