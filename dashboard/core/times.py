"""Times as text: the same formatting as in mails."""

from analytics.formatting.times import clock, date, length, moment, span, step

__all__ = ["clock", "date", "length", "moment", "span", "step"]
