"""The archive of raw data past retention: Parquet files, a folder per table, a file per day.

`archive` writes, verifies and restores days; `day_file` reads and writes a file, `values` converts
values. These need pyarrow, which only the scheduler and the command load. `store` lists the files.
"""
