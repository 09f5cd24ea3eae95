"""Journeys of real client libraries in real browsers, with a recorder that is the truth."""
