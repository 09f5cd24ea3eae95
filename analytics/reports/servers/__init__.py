"""The servers themselves: their worker processes, and what their software does not tell."""
