"""Speed, measured side by side in one run: ratios mean something, seconds of one machine do not."""
