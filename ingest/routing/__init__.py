"""The route table's entries, and what follows from them: checks, answers, registration.

`route` (one entry), `inputs` (query parameters), `bodies` (JSON bodies), `series_table` (CSV),
`runner` (from a request to a response), `faults` (the domain's exceptions as problem documents).
The access rules and the OpenAPI document are made of the same entries.
"""
