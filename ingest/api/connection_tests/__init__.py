"""Connection tests over the API: run, listed, deleted."""
