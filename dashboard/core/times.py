"""Times as text: the same formatting as in mails."""

from analytics.formatting.times import clock, day, length, moment, span, step

__all__ = ["clock", "day", "length", "moment", "span", "step"]
