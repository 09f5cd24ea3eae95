"""Simulated clients: their connections, their timetable, and what they count."""
