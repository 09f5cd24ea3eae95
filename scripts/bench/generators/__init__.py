"""Load generators side by side: messages for a second of their CPU, and the p99 they measure."""
