"""Thirty days of realistic demo data, inserted without HTTP, the same for the same seed and end.

After them `live` stores what follows, as time passes.

`world` has the parameters (apps, countries, releases), `incidents` what goes wrong and when,
`sessions`, `measurements`, `experience` and `reports` draw the client's side, `server_side` and
`server_workers` that of the server; `__main__` stores the thirty days.
"""
