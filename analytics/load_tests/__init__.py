"""Load tests: what a run measured, whether it held, and how it differs from another run. Pure."""
