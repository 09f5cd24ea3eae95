"""Jobs that work on sessions one by one."""
