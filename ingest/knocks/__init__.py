"""What knocks at a worker, for the page of the set-up, and whom an admin allowed there."""
