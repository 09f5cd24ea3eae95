"""What sessions cost one by one: to sum them up, to store them, to read them."""
