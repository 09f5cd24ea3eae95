"""Expected values of the next hours: Prophet where it is measurably better, else the usual hour.

Prophet runs in a child process of its own (`prophet_process`, `child`); everything else is pure,
but the calendar of holidays.
"""
