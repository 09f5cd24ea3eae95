"""How much one session and one sender may weigh in the figures of an app.

A report is cut to what one session may add (`session_bound`); a sender out of proportion to the
others is set aside: it is refused until it is calm, and what it brought counts for nothing
(`senders`, `withdrawals`). Addresses stay in memory, as hashes with a key of the process.
"""
