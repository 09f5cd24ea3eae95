"""What is usual, what deviates from it, and what explains it: three jobs and one for the rest."""
