"""Days that left the store, as Parquet files: one folder a table, one file a day.

`archive` writes, verifies and brings back; `day_file` is one file, `values` what a value is in it.
These need pyarrow, which only the scheduler and the command load. `shelf` says what lies there.
"""
