"""CSV exports of single rows.

From the bottom: `cells` (column values to cell texts), `datasets` (the registry), `spool` (writes
the file), `exports` (the service of the pages and the API). The job `exports` prepares large ones.
"""
