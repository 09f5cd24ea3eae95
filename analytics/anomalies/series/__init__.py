"""The series that are judged: which there are, reading them, and their bands as stored."""
