"""What a first drop costs: people after it, against equal people who had none yet."""
