"""From verdicts to incidents: steps to parts, parts to incidents, causes, and feedback; pure."""
