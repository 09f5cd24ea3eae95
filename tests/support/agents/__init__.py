"""Real servers measured by the agent, clients that are the truth, and an address that listens."""
