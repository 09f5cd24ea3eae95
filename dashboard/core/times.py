"""Times as people read them: pages write them as the mails do."""

from analytics.formatting.times import clock, day, length, moment, span, step

__all__ = ["clock", "day", "length", "moment", "span", "step"]
