"""Thirty believable days: generated below HTTP, the same for the same seed and end.

`world` says what there is (apps, countries, releases), `incidents` what goes wrong and when,
`sessions` and `reports` draw the rest, `load` puts it into the store.
"""
