"""Few events: deviates by the exact tails of counts and ratios, and the values that have one."""
